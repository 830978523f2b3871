//! The page around a body.

use maud::{DOCTYPE, Markup, html};
use words::Lang;

use super::{Ctx, Visitor, assets, parts};
use crate::nouns::{self, Noun};

/// The page of somebody signed in: skip link, menu, body.
pub fn frame(ctx: &Ctx, title: &str, body: &Markup) -> Markup {
    document(ctx.lang, title, &html! {}, &framed(ctx, body))
}

/// The same for a page whose subject moves: without the script, the browser
/// asks for it again every two seconds.
pub fn frame_refreshing(ctx: &Ctx, title: &str, body: &Markup) -> Markup {
    let refresh = html! { noscript { meta http-equiv="refresh" content="2"; } };
    document(ctx.lang, title, &refresh, &framed(ctx, body))
}

fn framed(ctx: &Ctx, body: &Markup) -> Markup {
    let lang = ctx.lang;
    html! {
            a.skip href="#main" { (lang.t("web.skip")) }
            header.top {
                a.brand href="/" { (parts::logo()) span { (lang.t("common.product.name")) } }
                form.find action="/search" method="get" role="search" {
                    label.hidden for="find" { (lang.t("common.action.search")) }
                    input #find type="search" name="q" placeholder=(lang.t("web.find"));
                }
                (account(ctx))
            }
            @if ctx.demonstration {
            p.demonstration { (ctx.fill("installation.demonstration", &[("time", &ctx.time(ctx.now))])) }
        }
        div.house {
                nav.menu aria-label=(lang.t("web.menu")) { (menu(ctx)) }
                main #main tabindex="-1" { (body) }
            }
    }
}

/// The page of a visitor: no menu.
pub fn frame_plain(visitor: &Visitor, title: &str, body: &Markup) -> Markup {
    let lang = visitor.lang;
    document(
        lang,
        title,
        &html! {},
        &html! {
            header.top {
                span.brand { (parts::logo()) span { (lang.t("common.product.name")) } }
                (switch(lang, &visitor.path))
            }
            main #main.narrow { (body) }
        },
    )
}

fn document(lang: Lang, title: &str, head: &Markup, inside: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (lang.t("common.product.name")) }
                link rel="icon" href=(assets::path("icon.svg"));
                link rel="stylesheet" href=(assets::path("house.css"));
                script src=(assets::path("house.js")) defer {}
                (head)
            }
            body { (inside) }
        }
    }
}

/// The entries of all rooms, highest floor first, under the heading of their part.
fn menu(ctx: &Ctx) -> Markup {
    let nouns: Vec<&Noun> = nouns::ALL.iter().rev().filter(|noun| !noun.menu.is_empty()).collect();
    html! {
        @for part in nouns.chunk_by(|one, next| one.section == next.section) {
            @let entries = part.iter().flat_map(|noun| noun.menu);
            @let shown: Vec<_> = entries.filter(|entry| (entry.shown)(&ctx.viewer)).collect();
            @if let (Some(first), false) = (part.first(), shown.is_empty()) {
                h2 { (ctx.t(first.section.text())) }
                ul {
                    @for entry in shown {
                        @let here = is_here(&ctx.path, entry.path);
                        li { a href=(entry.path) aria-current=[here.then_some("page")] { (ctx.t(entry.text)) } }
                    }
                }
            }
        }
    }
}

fn is_here(path: &str, entry: &str) -> bool {
    path == entry
        || (entry != "/" && path.strip_prefix(entry).is_some_and(|rest| rest.starts_with('/')))
}

fn account(ctx: &Ctx) -> Markup {
    html! {
        div.account {
            (switch(ctx.lang, &ctx.path))
            a href="/account" { (ctx.viewer.actor.name) }
            form method="post" action="/logout" {
                (parts::token(ctx))
                button.link type="submit" { (ctx.t("web.logout")) }
            }
        }
    }
}

/// The other language, as a form: a link must not change anything.
fn switch(lang: Lang, path: &str) -> Markup {
    let other = if lang == Lang::Vi { Lang::En } else { Lang::Vi };
    html! {
        form.switch method="post" action="/language" {
            input type="hidden" name="lang" value=(other.code());
            input type="hidden" name="back" value=(path);
            button.link type="submit" lang=(other.code()) { (lang.t("web.other-language")) }
        }
    }
}

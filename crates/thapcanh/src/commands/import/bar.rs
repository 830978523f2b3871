//! How far an import is, on a terminal. Where there is none nothing is drawn.

use std::time::Duration;

use anyhow::Result;
use hub::works::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinHandle;
use words::Lang;

/// Drawn until it is dropped.
pub(super) struct Bar {
    bar: ProgressBar,
    drawing: JoinHandle<()>,
}

impl Bar {
    /// Draws what this progress shows.
    pub(super) fn of(progress: &Progress, lang: Lang) -> Result<Self> {
        let style = ProgressStyle::with_template("{bar:32} {pos:>8}/{len} {elapsed:>4} {msg}")?;
        let bar = ProgressBar::new(0).with_style(style);
        let (drawn, progress) = (bar.clone(), progress.clone());
        let drawing = tokio::spawn(async move {
            loop {
                let reached = progress.reached();
                drawn.set_length(reached.total);
                drawn.set_position(reached.done);
                drawn.set_message(lang.t(reached.stage.text()).into_owned());
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        Ok(Self { bar, drawing })
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.drawing.abort();
        self.bar.finish_and_clear();
    }
}

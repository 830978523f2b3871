//! A verdict walked back: judged again from the kept facts by the kept bulletins
//! of its time, with the rule, the rows and the hashes that it rests on.

use patches::{
    facts::Facts,
    inventory::{Host, Origin},
    verdict::{Evidence, Finding, Judge},
};
use serde::Serialize;

use super::{
    BasisId, MachineId, Verdict, bulletins, inventories,
    read::{self, HostRow},
    sheet,
};
use crate::{App, Error, Result, access::Scope, registry::HostId};

/// One way in which the vendor fixes the CVE in the product.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ProofFix)]
pub struct Fix {
    /// The KB number; 0 when the vendor gives none.
    pub kb: u32,
    /// The version that is rid of it, as the vendor writes it.
    pub build: String,
    /// What kind of update it is.
    pub kind: String,
    /// Where it is to be had.
    pub url: String,
    /// The document that says so.
    pub source: String,
    /// Digest of that document.
    pub source_sha256: String,
}

/// Where facts about the host come from.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ProofOrigin)]
pub struct From {
    /// File, with the member of an archive after `!`.
    pub file: String,
    /// Its digest.
    pub sha256: String,
    /// What collected it.
    pub collector: String,
}

/// Why a verdict is what it is.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ExposureProof)]
pub struct Walked {
    /// The CVE.
    pub cve: String,
    /// The verdict, judged again.
    pub verdict: Verdict,
    /// Why it is unknown.
    pub reason: Option<String>,
    /// Number of the rule that decided (1 to 7; see the crate `patches`).
    pub rule: u8,
    /// The host's Windows, under the vendor's name.
    pub host_product: String,
    /// The host's build and revision.
    pub host_build: String,
    /// The product of the deciding row.
    pub product: String,
    /// The host's fact that decided: a revision, an update, or a program.
    pub evidence: String,
    /// The fixes of which any is enough.
    pub fixes: Vec<Fix>,
    /// The files that describe the host.
    pub origins: Vec<From>,
    /// The facts judged.
    pub machine: MachineId,
    /// What they were judged by.
    pub basis: BasisId,
    /// Digest of what they were judged by.
    pub basis_digest: String,
}

/// Walks the present verdict on a (host, CVE) of the scope back to raw rows.
pub async fn walk(app: &App, scope: &Scope, host: &HostId, cve: &str) -> Result<Walked> {
    let row = read::host(&app.db, scope, host).await?;
    let (machine, basis) =
        row.machine_id.clone().zip(row.basis_id.clone()).ok_or(Error::NotFound)?;
    let digest = bulletins::basis_of(&app.db, &basis).await?.digest;
    let facts = bulletins::facts_of(app, &basis).await?;
    let described = inventories::machine_facts(&app.db, &Scope::province(), &machine).await?;
    let cve = cve.to_owned();
    let work = move || judge(&facts, &described, &cve, &row);
    let judged = tokio::task::spawn_blocking(work).await.map_err(Error::internal)??;
    Ok(Walked { machine, basis, basis_digest: digest, ..judged })
}

fn judge(facts: &Facts, host: &Host, cve: &str, row: &HostRow) -> Result<Walked> {
    let at = facts.cves.iter().position(|known| known.id == cve).ok_or(Error::NotFound)?;
    let at = u32::try_from(at).map_err(Error::internal)?;
    let judge = Judge::new(facts);
    let answer = judge.host(host, &sheet::question(facts));
    let finding = answer.finding(at);
    let (verdict, reason) = match finding {
        Some(finding) => sheet::verdict(finding.verdict),
        None => (Verdict::NotAffected, None),
    };
    Ok(Walked {
        cve: cve.to_owned(),
        verdict,
        reason: reason.map(|reason| sheet::reason_name(reason).to_owned()),
        rule: finding.map_or(1, |finding| finding.proof.rule),
        host_product: row.product.clone().unwrap_or_default(),
        host_build: host.os.build_text(),
        product: finding.map(|finding| product(facts, finding)).unwrap_or_default(),
        evidence: finding.map(|finding| evidence(host, finding)).unwrap_or_default(),
        fixes: finding.map(|finding| fixes(facts, finding)).unwrap_or_default(),
        origins: host.origins.iter().map(origin).collect(),
        machine: MachineId::new(jiff::Timestamp::UNIX_EPOCH),
        basis: BasisId::new(jiff::Timestamp::UNIX_EPOCH),
        basis_digest: String::new(),
    })
}

fn product(facts: &Facts, finding: &Finding) -> String {
    let named = patches::verdict::rules::row_product(facts, &finding.proof);
    named.unwrap_or_default().to_owned()
}

/// The host's fact that decided, as the machine writes it.
fn evidence(host: &Host, finding: &Finding) -> String {
    match finding.proof.by {
        Evidence::None => String::new(),
        Evidence::Revision(_) => host.os.build_text(),
        Evidence::Kb(kb) => format!("KB{kb}"),
        Evidence::Software(at) => {
            let software = host.software.as_ref().and_then(|all| all.get(at as usize));
            software.map(|one| format!("{} {}", one.name, one.version)).unwrap_or_default()
        }
    }
}

fn fixes(facts: &Facts, finding: &Finding) -> Vec<Fix> {
    let all = finding.proof.row.map(|row| facts.alternatives(row)).unwrap_or_default();
    let one = |fix: &patches::facts::Fix| {
        let source = facts.sources.get(usize::from(fix.source));
        Fix {
            kb: fix.kb,
            build: fix.build.clone(),
            kind: format!("{:?}", fix.kind),
            url: facts.url(fix, finding.cve),
            source: source.map(|source| source.name.clone()).unwrap_or_default(),
            source_sha256: source.map(|source| source.sha256.clone()).unwrap_or_default(),
        }
    };
    all.into_iter().map(one).collect()
}

fn origin(origin: &Origin) -> From {
    From {
        file: origin.file.clone(),
        sha256: origin.sha256.clone(),
        collector: origin.collector.to_string(),
    }
}

//! Windows events as JSON, in the shapes that exports have.
//!
//! | shape | written by |
//! |---|---|
//! | `{"Event":{"System":{"EventID":…},"EventData":{…}}}` | `evtx_dump`, Chainsaw |
//! | `{"System":{"EventID":{"Value":…}},"EventData":{…}}` | Velociraptor |
//! | `{"winlog":{"event_id":…,"event_data":{…}}}` | Winlogbeat, Elastic Agent |
//! | `{"win":{"system":{"eventID":…},"eventdata":{…}}}` | Wazuh |
//! | `{"EventID":…,"Channel":…,"SourceName":…,…}` flat | NXLog, Mordor, Sentinel |
//! | `{"Id":…,"LogName":…,"ProviderName":…}` | PowerShell's `ConvertTo-Json` |
//!
//! All give the names that EVTX gives, so that a rule does not see which way a
//! record came.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use foldhash::fast::RandomState;
use memchr::memmem;

use crate::{
    event::Slot,
    format::Format,
    json::{self, Naming},
    json_record::{look, settle},
    sink::Sink,
};

/// Whether an object is a Windows event.
pub(crate) fn looks_like(text: &str) -> bool {
    let head = &text.as_bytes()[..text.len().min(1 << 14)];
    let has = |mark: &str| memmem::find(head, mark.as_bytes()).is_some();
    if has("\"EventID\"") {
        return has("\"Channel\"") || has("\"SourceName\"") || has("\"EventData\"");
    }
    (has("\"winlog") && (has("event_id\"") || has("\"channel\"")))
        || (has("\"eventID\"") && has("\"win\""))
        || (has("\"LogName\"") && has("\"ProviderName\""))
        || (has("\"event_id\"") && has("\"event_data\""))
}

/// Objects whose members are fields of the event under their own names.
const WRAPPERS: &[&str] = &[
    "Event",
    "Event.System",
    "Event.EventData",
    "Event.EventData.Data",
    "Event.UserData",
    "System",
    "EventData",
    "UserData",
    "winlog.event_data",
    "winlog.user_data",
    "event_data",
    "user_data",
    "win.system",
    "win.eventdata",
    "data.win.system",
    "data.win.eventdata",
];

/// Names of members → the names of EVTX.
const RENAMED: &[(&str, &str)] = &[
    ("#attributes.Name", "EventData_Name"),
    ("EventID.#text", "EventID"),
    ("EventID.Value", "EventID"),
    ("EventID.text", "EventID"),
    ("Data.#text", "Data"),
    ("Id", "EventID"),
    ("LogName", "Channel"),
    ("ProviderName", "Provider_Name"),
    ("ProviderId", "Provider_Guid"),
    ("MachineName", "Computer"),
    ("RecordId", "EventRecordID"),
    ("RecordNumber", "EventRecordID"),
    ("SourceName", "Provider_Name"),
    ("ProviderGuid", "Provider_Guid"),
    ("winlog.event_id", "EventID"),
    ("winlog.channel", "Channel"),
    ("winlog.provider_name", "Provider_Name"),
    ("winlog.provider_guid", "Provider_Guid"),
    ("winlog.computer_name", "Computer"),
    ("winlog.record_id", "EventRecordID"),
    ("winlog.process.pid", "Execution_ProcessID"),
    ("winlog.process.thread.id", "Execution_ThreadID"),
    ("winlog.user.identifier", "Security_UserID"),
    ("winlog.keywords", "Keywords"),
    ("winlog.version", "Version"),
    ("winlog.task", "Task"),
    ("winlog.opcode", "Opcode"),
    ("event_id", "EventID"),
    ("log_name", "Channel"),
    ("source_name", "Provider_Name"),
    ("computer_name", "Computer"),
    ("record_number", "EventRecordID"),
    ("eventID", "EventID"),
    ("eventRecordID", "EventRecordID"),
    ("providerName", "Provider_Name"),
    ("providerGuid", "Provider_Guid"),
    ("systemTime", "TimeCreated_SystemTime"),
    ("threadID", "Execution_ThreadID"),
    ("processID", "Execution_ProcessID"),
    ("TimeCreated.SystemTime", "TimeCreated_SystemTime"),
    ("TimeCreated.Value", "TimeCreated_SystemTime"),
    ("Provider.Name", "Provider_Name"),
    ("Provider.Guid", "Provider_Guid"),
    ("Execution.ProcessID", "Execution_ProcessID"),
    ("Execution.ThreadID", "Execution_ThreadID"),
    ("Security.UserID", "Security_UserID"),
    ("Correlation.ActivityID", "Correlation_ActivityID"),
];

struct Windows {
    /// Wazuh writes `commandLine` for `CommandLine`.
    lower_camel: bool,
    /// NXLog's own member for the writing machine.
    flat: bool,
}

impl Naming for Windows {
    fn start(&self, path: &str) -> Option<usize> {
        let wrapped = WRAPPERS.contains(&path)
            // UserData holds one element of the provider's own.
            || path.rsplit_once('.').is_some_and(|(outer, _)| outer.ends_with("UserData") || outer == "UserData");
        wrapped.then_some(path.len() + 1)
    }

    fn name<'p>(&self, path: &'p str) -> Cow<'p, str> {
        let path = path.strip_prefix("winlog.event_data.").unwrap_or(path);
        if let Some(name) = renamed(path) {
            return Cow::Borrowed(name);
        }
        if path.contains('.') {
            return attribute(path).map_or(Cow::Borrowed(path), Cow::Owned);
        }
        if self.flat && path == "Hostname" {
            return Cow::Borrowed("Computer");
        }
        if self.lower_camel { Cow::Owned(capitalised(path)) } else { Cow::Borrowed(path) }
    }
}

/// Every field's name is looked up, and most are not in the list.
fn renamed(path: &str) -> Option<&'static str> {
    static BY_NAME: LazyLock<HashMap<&str, &str, RandomState>> =
        LazyLock::new(|| RENAMED.iter().copied().collect());
    BY_NAME.get(path).copied()
}

/// An element and its attribute, as XML was written as JSON.
fn attribute(path: &str) -> Option<String> {
    let marks = [".#attributes.", "_attributes.", ".@"];
    let (element, attribute) = marks.iter().find_map(|mark| path.split_once(mark))?;
    Some(format!("{element}_{attribute}"))
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Decodes a Windows event.
pub(crate) fn decode(text: &str, sink: &mut Sink<'_>) -> bool {
    sink.format(Format::WindowsJson);
    let before = sink.event.fields.len();
    let has = |mark: &str| memmem::find(text.as_bytes(), mark.as_bytes()).is_some();
    let naming = Windows { lower_camel: has("\"eventdata\""), flat: has("\"SourceName\"") };
    let whole = json::flatten(text, &naming, sink);
    let found = look(sink, before);
    settle(&found, sink);
    note_event_id(sink);
    whole
}

/// The number that records are dispatched by, whatever type it came as.
pub(crate) fn note_event_id(sink: &mut Sink<'_>) {
    let id = sink.event.field("EventID").and_then(|value| value.unsigned());
    sink.event.event_id = id.and_then(|id| u32::try_from(id).ok());
    // Text where EVTX has a number would not equal a rule's number.
    let key = sink.event.names.find("EventID");
    if let (Some(key), Some(id)) = (key, id) {
        for field in sink.event.fields.iter_mut().filter(|field| field.key == key) {
            field.slot = Slot::UInt(id);
        }
    }
}

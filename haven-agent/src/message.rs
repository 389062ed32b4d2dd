//! What is sent: the report in the original's shape.

use std::collections::BTreeMap;

use haven_core::model::{ContainerBrief, NodeName, metrics::SystemUse};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Serialize, Serializer};

/// One report, as the original's Python script wrote it.
#[derive(Debug, Serialize)]
pub(crate) struct Message<'a> {
    #[serde(serialize_with = "with_offset")]
    pub(crate) time: Timestamp,
    pub(crate) id: &'a NodeName,
    pub(crate) name: &'a NodeName,
    pub(crate) address: Option<&'a str>,
    /// None: the engine did not say, as with the containers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) labels: Option<&'a BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) containers: Option<&'a [ContainerBrief]>,
    pub(crate) system: &'a SystemUse,
}

/// The form of a time that every master of the original reads: with an offset in numbers.
fn with_offset<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z"))
}

#[cfg(test)]
mod tests {
    use haven_core::model::ContainerId;

    use super::*;

    #[test]
    fn it_is_what_the_python_script_sent_with_an_offset_in_its_time() {
        let (name, labels) = (NodeName::new("web-3").unwrap(), BTreeMap::from([("zone".into(), "a".into())]));
        let (system, id) = (SystemUse::default(), "0123456789ab".repeat(6)[..64].to_owned());
        let container = ContainerBrief {
            id: ContainerId::new(&id).unwrap(),
            name: "y".into(),
            image: "z".into(),
            labels: labels.clone(),
        };
        let containers = [container];
        let message = Message {
            time: "2018-07-06T10:00:00.1234Z".parse().unwrap(),
            id: &name,
            name: &name,
            address: Some("10.0.0.3:2375"),
            labels: Some(&labels),
            containers: Some(&containers),
            system: &system,
        };
        assert_eq!(
            serde_json::to_string(&message).unwrap(),
            [
                r#"{"time":"2018-07-06T10:00:00.123+00:00","id":"web-3","name":"web-3","address":"10.0.0.3:2375","#,
                r#""labels":{"zone":"a"},"containers":[{"id":""#,
                &id,
                r#"","name":"y","image":"z","labels":{"zone":"a"}}],"#,
                r#""system":{"cpuLoad":null,"memory":{"total":0,"used":0,"available":0},"disks":{},"net":{}}}"#
            ]
            .concat()
        );
        let message = Message { labels: None, containers: None, ..message };
        let written = serde_json::to_string(&message).unwrap();
        assert!(!written.contains("containers") && !written.contains("labels"), "{written}");
    }
}

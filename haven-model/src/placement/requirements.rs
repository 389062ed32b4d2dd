//! What a container asks of the node it goes to, from fields, from its environment and from labels.
//!
//! Docker's standalone swarm, and Haven 1.x with it, took such wishes as entries of the environment (`constraint:zone==a`,
//! `affinity:container!=web*`, `reschedule:on-node-failure`), kept them out of the container, and put them into labels, from
//! which a container that is made anew has them again. [`Requirements::split`] does the same.

use std::{collections::BTreeMap, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{Affinity, Constraint, Operator, Pattern, Reschedule, Reservation, Strategy, Strength};
use crate::{ContainerSpec, Error, NodeName, Result};

/// How many constraints, and how many affinities, there may be.
const MAX: usize = 64;
/// The longest label that is read.
const MAX_LABEL: usize = 64 * 1024;
/// What an entry of an environment that tells a reschedule policy begins with.
const RESCHEDULE: &str = "reschedule:";

/// What a container asks of the node it goes to.
///
/// ```
/// use haven_model::{ContainerSpec, ImageRef, placement::Requirements};
///
/// let mut spec = ContainerSpec::new(ImageRef::new("nginx")?);
/// spec.env.insert("constraint:zone".into(), "=a".into()); // `-e constraint:zone==a`
/// let (spec, requirements) = Requirements::split(spec)?;
/// assert_eq!(requirements.constraints[0].to_string(), "zone==a");
/// assert!(spec.env.is_empty());
/// assert_eq!(spec.labels["com.docker.swarm.constraints"], r#"["zone==a"]"#);
/// # Ok::<(), haven_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Requirements {
    /// What the node shall be: `zone==a`, `node!=/web-[0-9]+/`, `storage==~ssd` as a wish.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<Constraint>,
    /// What shall be on the node already, or shall not: `container==db`, `image==nginx`, `com.example.tier!=front`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub affinities: Vec<Affinity>,
    /// Which of the nodes that can take it is chosen; none: as the cluster says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategy: Option<Strategy>,
    /// The most containers of its image on one node; none: as the cluster says, which is never exceeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_count_of_instances: Option<u32>,
    /// What shall become of it when its node is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reschedule: Option<Reschedule>,
}

impl Requirements {
    /// The label that keeps constraints: a JSON array of texts.
    pub const CONSTRAINTS: &str = "com.docker.swarm.constraints";
    /// The label that keeps affinities: a JSON array of texts.
    pub const AFFINITIES: &str = "com.docker.swarm.affinities";
    /// The label that keeps reschedule policies: a JSON array of texts.
    pub const RESCHEDULE: &str = "com.docker.swarm.reschedule-policies";

    /// Whether an entry of an environment, `NAME=VALUE` or its name, is a wish for placement.
    pub fn is_entry(entry: &str) -> bool {
        [Constraint::PREFIX, Affinity::PREFIX, RESCHEDULE].iter().any(|prefix| entry.starts_with(prefix))
    }

    /// Adds an entry of an environment, `constraint:zone==a`, for which [`is_entry`](Self::is_entry) holds. `Invalid` for
    /// one that cannot be read.
    pub fn add_entry(&mut self, entry: &str) -> Result<()> {
        if entry.starts_with(Constraint::PREFIX) {
            return add(&mut self.constraints, Constraint::new(entry)?, "constraints");
        }
        if entry.starts_with(Affinity::PREFIX) {
            return add(&mut self.affinities, Affinity::new(entry)?, "affinities");
        }
        match entry.strip_prefix(RESCHEDULE) {
            Some(policy) => self.reschedule = Some(policy.trim_end_matches('=').parse()?),
            None => return Err(Error::invalid("the entry is neither a constraint, an affinity nor a policy")),
        }
        Ok(())
    }

    /// Takes out of a specification what it asks of its node: entries of its environment, and what its labels keep. The
    /// specification that is left is what to create: it has the labels that keep it, and those of its [`Reservation`].
    /// `Invalid` for an entry that cannot be read.
    pub fn split(mut spec: ContainerSpec) -> Result<(ContainerSpec, Self)> {
        let mut requirements = Self::of_labels(&spec.labels)?;
        let mut rest = BTreeMap::new();
        for (name, value) in spec.env {
            if !Self::is_entry(&name) {
                rest.insert(name, value);
            } else if value.expose().is_empty() && (name.contains("==") || name.contains("!=")) {
                // The whole of it was taken for a name.
                requirements.add_entry(&name)?;
            } else {
                requirements.add_entry(&format!("{name}={}", value.expose()))?;
            }
        }
        spec.env = rest;
        requirements.keep_in(&mut spec.labels);
        Reservation::of(&spec).keep_in(&mut spec.labels);
        Ok((spec, requirements))
    }

    /// What labels keep. `Invalid` for a label that cannot be read.
    pub fn of_labels(labels: &BTreeMap<String, String>) -> Result<Self> {
        let mut found = Self::default();
        for constraint in read(labels, Self::CONSTRAINTS)? {
            add(&mut found.constraints, constraint, "constraints")?;
        }
        for affinity in read(labels, Self::AFFINITIES)? {
            add(&mut found.affinities, affinity, "affinities")?;
        }
        found.reschedule = read::<Reschedule>(labels, Self::RESCHEDULE)?.pop();
        Ok(found)
    }

    /// Writes the labels that keep constraints, affinities and what becomes of it when its node is lost.
    pub fn keep_in(&self, labels: &mut BTreeMap<String, String>) {
        let constraints = self.constraints.iter().map(ToString::to_string).collect();
        let affinities = self.affinities.iter().map(ToString::to_string).collect();
        let policies = self.reschedule.iter().map(|policy| policy.as_str().to_owned()).collect();
        for (key, texts) in
            [(Self::CONSTRAINTS, constraints), (Self::AFFINITIES, affinities), (Self::RESCHEDULE, policies)]
        {
            let texts: Vec<String> = texts;
            if texts.is_empty() {
                labels.remove(key);
            } else {
                labels.insert(key.to_owned(), serde_json::Value::from(texts).to_string());
            }
        }
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Both together: what `other` says of strategy, instances and loss wins. `Invalid` when there are too many.
    pub fn and(mut self, other: Self) -> Result<Self> {
        for constraint in other.constraints {
            add(&mut self.constraints, constraint, "constraints")?;
        }
        for affinity in other.affinities {
            add(&mut self.affinities, affinity, "affinities")?;
        }
        self.strategy = other.strategy.or(self.strategy);
        self.max_count_of_instances = other.max_count_of_instances.or(self.max_count_of_instances);
        self.reschedule = other.reschedule.or(self.reschedule);
        Ok(self)
    }

    /// The same for a container that leaves `node`: what binds it to that node by name is forgotten, as Haven 1.x did,
    /// which bound every container to the node it was on.
    #[must_use]
    pub fn leaving(mut self, node: &NodeName) -> Self {
        self.constraints.retain(|constraint| {
            let binds = constraint.key() == "node"
                && constraint.operator() == Operator::Is
                && constraint.strength() == Strength::Hard
                && *constraint.pattern() == Pattern::Glob(node.to_string());
            !binds
        });
        self
    }

    /// Checks the bounds of what came from outside. `Invalid` beyond them.
    pub fn check(&self) -> Result<()> {
        for (count, what) in [(self.constraints.len(), "constraints"), (self.affinities.len(), "affinities")] {
            if count > MAX {
                return Err(Error::invalid(format!("there are at most {MAX} {what}, not {count}")));
            }
        }
        match self.max_count_of_instances {
            Some(0) => Err(Error::invalid("`max_count_of_instances` is at least 1")),
            _ => Ok(()),
        }
    }
}

/// Adds what is not there yet.
fn add<T: PartialEq>(all: &mut Vec<T>, one: T, what: &str) -> Result<()> {
    if all.contains(&one) {
        return Ok(());
    }
    if all.len() == MAX {
        return Err(Error::invalid(format!("there are more than {MAX} {what}")));
    }
    all.push(one);
    Ok(())
}

/// The texts of a label, each read. An empty label has none.
fn read<T: FromStr<Err = Error>>(labels: &BTreeMap<String, String>, label: &str) -> Result<Vec<T>> {
    let Some(text) = labels.get(label).filter(|text| !text.is_empty()) else { return Ok(Vec::new()) };
    if text.len() > MAX_LABEL {
        return Err(Error::invalid(format!("the label `{label}` has more than {MAX_LABEL} bytes")));
    }
    let texts: Vec<String> = serde_json::from_str(text)
        .map_err(|error| Error::invalid(format!("the label `{label}` is no JSON array of texts")).caused_by(error))?;
    texts.iter().map(|text| text.parse::<T>().map_err(|error| error.with("label", label))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ImageRef;

    fn spec(env: &[(&str, &str)], labels: &[(&str, &str)]) -> ContainerSpec {
        ContainerSpec {
            env: env.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect(),
            labels: labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            ..ContainerSpec::new(ImageRef::new("nginx").unwrap())
        }
    }

    #[test]
    fn wishes_leave_the_environment_for_labels() {
        let env = [
            ("A", "b"),
            ("affinity:container!", "~/web/"),
            ("constraint:node!", "x"),
            ("constraint:zone", "=a"),
            ("constraint:zone==/(a+)+$/", ""),
            ("reschedule:on-node-failure", ""),
        ];
        let (left, requirements) = Requirements::split(spec(&env, &[("app", "shop")])).unwrap();
        let texts: Vec<String> = requirements.constraints.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["node!=x", "zone==a", "zone==/(a+)+$/"]);
        assert_eq!(requirements.affinities[0].to_string(), "container!=~/web/");
        assert_eq!(requirements.reschedule, Some(Reschedule::OnNodeFailure));
        assert_eq!(left.env.keys().collect::<Vec<_>>(), ["A"]);
        assert_eq!(left.labels["com.docker.swarm.constraints"], r#"["node!=x","zone==a","zone==/(a+)+$/"]"#);
        assert_eq!(left.labels["com.docker.swarm.affinities"], r#"["container!=~/web/"]"#);
        assert_eq!(left.labels["com.docker.swarm.reschedule-policies"], r#"["on-node-failure"]"#);
        assert_eq!(left.labels["app"], "shop");
        assert_eq!(Requirements::split(left.clone()).unwrap(), (left, requirements));
    }

    #[test]
    fn labels_of_the_original_are_read_and_wrong_ones_say_where() {
        let labels = [("com.docker.swarm.constraints", r#"["node==a","node!=/\\Qb\\E/"]"#)];
        let (left, requirements) = Requirements::split(spec(&[], &labels)).unwrap();
        assert_eq!(left.labels["com.docker.swarm.constraints"], labels[0].1);
        let moved = requirements.leaving(&NodeName::new("a").unwrap());
        assert_eq!(moved.constraints, [Constraint::new(r"node!=/\Qb\E/").unwrap()]);
        let wrong = |value| Requirements::split(spec(&[], &[("com.docker.swarm.affinities", value)])).unwrap_err();
        assert!(wrong("container==db").message().contains("`com.docker.swarm.affinities` is no JSON array"));
        assert_eq!(wrong(r#"["x"]"#).context().collect::<Vec<_>>(), [("label", "com.docker.swarm.affinities")]);
    }

    #[test]
    fn there_is_an_end_to_them() {
        let mut requirements = Requirements::default();
        for number in 0..MAX {
            requirements.add_entry(&format!("constraint:zone!={number}")).unwrap();
        }
        requirements.add_entry("constraint:zone!=1").unwrap();
        assert!(requirements.add_entry("constraint:zone!=more").unwrap_err().message().contains("more than 64"));
        let far = Requirements { max_count_of_instances: Some(0), ..Requirements::default() };
        assert!(far.check().is_err());
    }

    #[test]
    fn a_reservation_is_kept_in_labels_and_forgotten_with_its_limit() {
        let limited = ContainerSpec { memory: Some(1 << 30), nano_cpus: Some(500_000_000), ..spec(&[], &[]) };
        let (limited, _) = Requirements::split(limited).unwrap();
        assert_eq!((&*limited.labels["haven.memory"], &*limited.labels["haven.cpus"]), ("1073741824", "500000000"));
        assert_eq!(Reservation::of_labels(&limited.labels), Reservation::of(&limited));
        let pressed = ContainerSpec {
            memory_reservation: Some(1 << 20),
            nano_cpus: None,
            cpu_quota: Some(50_000),
            ..limited.clone()
        };
        assert_eq!(Reservation::of(&pressed), Reservation { memory: 1 << 20, nano_cpus: 500_000_000 });
        let (freed, _) = Requirements::split(ContainerSpec { memory: None, ..limited }).unwrap();
        assert_eq!(Reservation::of_labels(&freed.labels), Reservation { memory: 0, nano_cpus: 500_000_000 });
    }

    proptest! {
        #[test]
        fn what_labels_keep_is_what_was_asked(
            constraints in prop::collection::vec("[a-z]{1,4}(==|!=)~?([a-z*]{1,6}|/[a-z.+]{1,6}/)", 0..6),
            affinities in prop::collection::vec("[a-z]{1,4}(==|!=)~?[a-z*\"\\\\]{1,6}", 0..6),
            reschedule in prop::option::of(prop_oneof![Just(Reschedule::Off), Just(Reschedule::OnNodeFailure)]),
        ) {
            let mut asked = Requirements { reschedule, ..Requirements::default() };
            for text in constraints {
                asked.add_entry(&format!("constraint:{text}")).unwrap();
            }
            for text in affinities {
                asked.add_entry(&format!("affinity:{text}")).unwrap();
            }
            let mut labels = BTreeMap::new();
            asked.keep_in(&mut labels);
            prop_assert_eq!(Requirements::of_labels(&labels).unwrap(), asked);
        }
    }
}

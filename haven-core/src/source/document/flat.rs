//! Names with dots and brackets as a tree: `ports.8080`, `volumeBinds[0]`, `mounts[1].driverOpts.type`.
//!
//! As Spring reads them, but for one thing: what follows the first name, or the one after an index, is one name with its
//! dots, so that `labels.com.example.team` is the label `com.example.team`.

use std::collections::{BTreeMap, HashMap};

use haven_model::{Result, Secret};

use super::{MAX_DEPTH, Name, Node, Place, Value, twice};

/// One line: a name and what it says.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) value: Secret,
}

/// A tree that grows entry by entry.
#[derive(Debug, Default)]
pub(crate) struct Plant(Entries);

/// Branches by name, in order, and where each name stands among them.
#[derive(Debug, Default)]
struct Entries {
    branches: Vec<(Name, Branch)>,
    places: HashMap<String, usize>,
}

#[derive(Debug)]
enum Branch {
    Leaf(Place, Secret),
    Map(Place, Entries),
    List(Place, BTreeMap<usize, Branch>),
}

impl Plant {
    /// Adds an entry. `Invalid` where it stands twice, or where one name means a text and a map, or a map and a list.
    pub(crate) fn add(&mut self, entry: Entry) -> Result<()> {
        let Entry { place, name, value } = entry;
        let (first, rest) = cut(&name, place)?;
        add_named(&mut self.0, Name { place, text: first.to_owned() }, rest, value, 1)
    }

    /// The tree.
    pub(crate) fn grown(self) -> Vec<(Name, Node)> {
        self.0.grown()
    }
}

impl Entries {
    fn grown(self) -> Vec<(Name, Node)> {
        self.branches.into_iter().map(|(name, branch)| (name, branch.grown())).collect()
    }
}

impl Branch {
    fn grown(self) -> Node {
        match self {
            Self::Leaf(place, text) => Node { place, value: Value::Text(text) },
            Self::Map(place, entries) => Node { place, value: Value::Map(entries.grown()) },
            Self::List(place, items) => {
                Node { place, value: Value::List(items.into_values().map(Self::grown).collect()) }
            }
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::Leaf(place, _) | Self::Map(place, _) | Self::List(place, _) => *place,
        }
    }
}

/// What follows a name.
enum Rest<'a> {
    Nothing,
    /// `.name`, or `[name]`.
    Name(&'a str),
    /// `[0]` and what follows that.
    Index(usize, &'a str),
}

/// Cuts the first name off.
fn cut(text: &str, place: Place) -> Result<(&str, Rest<'_>)> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (first, rest) = text.split_at(end);
    if first.is_empty() {
        return Err(place.invalid(format!("`{}` begins with no name", shown(text))));
    }
    Ok((first, follow(rest, text, place)?))
}

/// Reads what follows a name.
fn follow<'a>(rest: &'a str, whole: &str, place: Place) -> Result<Rest<'a>> {
    if rest.is_empty() {
        return Ok(Rest::Nothing);
    }
    if let Some(name) = rest.strip_prefix('.').filter(|name| !name.is_empty()) {
        return Ok(Rest::Name(name));
    }
    let inner = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    match inner {
        Some((number, rest)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            let index = number.parse().ok().filter(|index| *index < 10_000);
            let index = index.ok_or_else(|| place.invalid(format!("`{}` counts too far", shown(whole))))?;
            Ok(Rest::Index(index, rest))
        }
        Some((name, "")) if !name.is_empty() => Ok(Rest::Name(name)),
        _ => Err(place.invalid(format!("`{}` is no name", shown(whole)))),
    }
}

fn add_named(entries: &mut Entries, name: Name, rest: Rest<'_>, value: Secret, depth: usize) -> Result<()> {
    let place = name.place;
    let known = entries.places.get(&name.text).map(|at| &mut entries.branches[*at].1);
    match (known, rest) {
        (None, rest) => {
            let mut branch = match &rest {
                Rest::Nothing => Branch::Leaf(place, value.clone()),
                Rest::Name(_) => Branch::Map(place, Entries::default()),
                Rest::Index(..) => Branch::List(place, BTreeMap::new()),
            };
            add_below(&mut branch, rest, value, place, depth)?;
            entries.places.insert(name.text.clone(), entries.branches.len());
            entries.branches.push((name, branch));
            Ok(())
        }
        (Some(branch), rest) => {
            let fits =
                matches!((&*branch, &rest), (Branch::Map(..), Rest::Name(_)) | (Branch::List(..), Rest::Index(..)));
            if !fits {
                return Err(twice(&name, branch.place()));
            }
            add_below(branch, rest, value, place, depth)
        }
    }
}

/// Adds what follows the name of a branch of that kind.
fn add_below(branch: &mut Branch, rest: Rest<'_>, value: Secret, place: Place, depth: usize) -> Result<()> {
    if depth >= MAX_DEPTH {
        return Err(place.invalid(format!("a name goes deeper than {MAX_DEPTH}")));
    }
    match (branch, rest) {
        (Branch::Map(_, entries), Rest::Name(name)) => {
            let name = Name { place, text: name.to_owned() };
            add_named(entries, name, Rest::Nothing, value, depth + 1)
        }
        (Branch::List(_, items), Rest::Index(index, rest)) => {
            let Some(below) = rest.strip_prefix('.') else {
                if !rest.is_empty() {
                    return Err(place.invalid(format!("`[{index}]{}` is no place in a list", shown(rest))));
                }
                if let Some(first) = items.get(&index) {
                    let first = first.place().line;
                    return Err(place.invalid(format!("`[{index}]` stands twice, first in line {first}")));
                }
                items.insert(index, Branch::Leaf(place, value));
                return Ok(());
            };
            let (first, rest) = cut(below, place)?;
            let name = Name { place, text: first.to_owned() };
            match items.entry(index).or_insert_with(|| Branch::Map(place, Entries::default())) {
                Branch::Map(_, entries) => add_named(entries, name, rest, value, depth + 1),
                other => {
                    let first = other.place().line;
                    Err(place.invalid(format!("`[{index}]` stands twice, first in line {first}")))
                }
            }
        }
        _ => Ok(()),
    }
}

fn shown(text: &str) -> String {
    text.chars().take(100).collect::<String>().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::shown as told, *};

    fn plant(names: &[(&str, &str)]) -> Result<String> {
        let mut plant = Plant::default();
        for (line, (name, value)) in (1..).zip(names) {
            plant.add(Entry {
                place: Place { line, column: 1 },
                name: (*name).to_owned(),
                value: Secret::from(*value),
            })?;
        }
        let tree = plant.grown();
        Ok(told(&Value::Map(tree)))
    }

    #[test]
    fn dots_and_brackets_make_maps_and_lists() {
        let names = [
            ("restart", "always"),
            ("labels.com.example.team", "a"),
            ("labels[com.example/x]", "b"),
            ("volumeBinds[1]", "/b:/b"),
            ("volumeBinds[0]", "/a:/a"),
            ("mounts[0].type", "volume"),
            ("mounts[0].driverOpts.o.x", "y"),
            ("ports.127.0.0.1:80", "80"),
        ];
        assert_eq!(
            plant(&names).unwrap(),
            r#"{restart="always" labels={com.example.team="a" com.example/x="b"} volumeBinds=["/a:/a" "/b:/b"] mounts=[{type="volume" driverOpts={o.x="y"}}] ports={127.0.0.1:80="80"}}"#
        );
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for names in [
            [("a", "1"), ("a", "2")],
            [("a", "1"), ("a.b", "2")],
            [("a.b", "1"), ("a", "2")],
            [("a.b", "1"), ("a[0]", "2")],
            [("a[0]", "1"), ("a[0]", "2")],
            [("a[0]", "1"), ("a[0].b", "2")],
            [("a[0].b", "1"), ("a[0]", "2")],
        ] {
            let error = plant(&names).unwrap_err();
            assert!(error.message().ends_with("stands twice, first in line 1"), "{names:?}: {error}");
            assert_eq!(error.context().next(), Some(("line", "2")));
        }
        for name in ["", ".a", "[0]", "a[", "a[0", "a]", "a.", "a[0]b", "a[99999999999999999999]", "a[x]y"] {
            let refused = plant(&[(name, "1")]);
            assert!(refused.is_err() || name == "a]", "{name}: {refused:?}");
        }
    }
}

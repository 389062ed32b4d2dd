//! The table and the model in the words of a program that calls: classes, choices, operations.

use std::collections::BTreeMap;

use haven_core::{
    door::{Handler, Row},
    model::{
        At, Cluster, Container, ContainerDetail, EngineInfo, ErrorKind, Found, Image, Listing, Network, Node, Page,
        Volume, metrics::ContainerUse, plan::PlanDetail,
    },
};
use schemars::{
    JsonSchema, SchemaGenerator,
    generate::{Contract, SchemaSettings},
};
use serde_json::Value;

/// Texts, and maps of texts, that the API shows as they are, and that hide in Python: class and field.
const HIDDEN: &[(&str, &str)] = &[("Environment", "env"), ("Invitation", "token"), ("Session", "token")];

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    Anything,
    Nothing,
    Moment,
    Secret,
    Output,
    List(Box<Kind>),
    Map(Box<Kind>),
    /// One of some words, by name.
    Choice(String),
    /// An object of a class.
    Record(String),
    /// An object of a class that holds one of another.
    Holding(String, String),
    /// What such a class holds, in its own fields.
    Held,
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) kind: Kind,
    pub(crate) may_be_none: bool,
    /// What it is where it is left out; none: it cannot be.
    pub(crate) default: Option<Value>,
}

#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) doc: String,
    pub(crate) holds: bool,
    pub(crate) fields: Vec<Field>,
}

#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) doc: String,
    pub(crate) words: Vec<(String, String)>,
    /// Whether something with a value may stand in place of a word.
    pub(crate) or_valued: bool,
}

#[derive(Debug)]
pub(crate) enum Answers {
    Once(Field),
    Often(Kind),
    Converses,
}

#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) doc: String,
    pub(crate) parameters: Vec<Field>,
    pub(crate) answers: Answers,
}

#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) classes: BTreeMap<String, Class>,
    pub(crate) choices: BTreeMap<String, Choice>,
    pub(crate) operations: Vec<Operation>,
    /// What else is answered, by name.
    pub(crate) answers: Vec<(&'static str, Kind)>,
    /// By the name of a schema: the class and what it holds.
    held: BTreeMap<String, (String, String)>,
}

impl Model {
    pub(crate) fn of(table: &[Row]) -> Self {
        let mut settings = SchemaSettings::draft2020_12();
        settings.meta_schema = None;
        settings.contract = Contract::Deserialize;
        let mut generator = settings.into_generator();
        let mut model = Self::default();
        // JSON Schema knows no type parameters: it is told here what stands around what.
        model.hold::<Container>(&mut generator);
        model.hold::<Image>(&mut generator);
        model.hold::<Network>(&mut generator);
        model.hold::<Volume>(&mut generator);
        model.hold::<ContainerUse>(&mut generator);
        model.page::<Node>(&mut generator);
        model.page::<Cluster>(&mut generator);
        model.class_of_holder::<Found<Container>, Container>(&mut generator, "Found");
        model.class_of_holder::<At<Container>, Container>(&mut generator, "At");
        model.class_around::<Listing<Container>, Container>(&mut generator, "Listing");
        model.class_around::<Page<Node>, Node>(&mut generator, "Page");
        model.answer::<Node>(&mut generator, "NODE");
        model.answer::<PlanDetail>(&mut generator, "PLAN_DETAIL");
        model.answer::<EngineInfo>(&mut generator, "ENGINE_INFO");
        model.answer::<ContainerDetail>(&mut generator, "CONTAINER_DETAIL");
        model.answer::<Vec<Container>>(&mut generator, "CONTAINERS");
        model.answer::<Vec<Image>>(&mut generator, "IMAGES");
        model.answer::<Vec<Network>>(&mut generator, "NETWORKS");
        model.answer::<Vec<Volume>>(&mut generator, "VOLUMES");
        let kinds = generator.subschema_for::<ErrorKind>().to_value();
        model.kind(&kinds, &mut generator);
        for row in table {
            let operation = model.operation(row, &mut generator);
            model.operations.push(operation);
        }
        model
    }

    fn hold<T: JsonSchema>(&mut self, generator: &mut SchemaGenerator) {
        let inner = name_of::<T>(generator);
        for (outer, schema) in [
            ("At", name_of::<At<T>>(generator)),
            ("Found", name_of::<Found<T>>(generator)),
            ("Listing", name_of::<Listing<T>>(generator)),
        ] {
            self.held.insert(schema, (outer.to_owned(), inner.clone()));
        }
    }

    fn page<T: JsonSchema>(&mut self, generator: &mut SchemaGenerator) {
        let (inner, schema) = (name_of::<T>(generator), name_of::<Page<T>>(generator));
        self.held.insert(schema, ("Page".to_owned(), inner));
    }

    fn answer<T: JsonSchema>(&mut self, generator: &mut SchemaGenerator, name: &'static str) {
        let schema = generator.subschema_for::<T>().to_value();
        let (kind, _) = self.kind(&schema, generator);
        self.answers.push((name, kind));
    }

    /// A class whose fields stand around those of what it holds.
    fn class_of_holder<O: JsonSchema, I: JsonSchema>(&mut self, generator: &mut SchemaGenerator, name: &str) {
        let outer = definition(&name_of::<O>(generator), generator);
        let inner = definition(&name_of::<I>(generator), generator);
        let mut class = self.class(&outer, generator);
        class.fields.retain(|field| inner["properties"].get(&field.name).is_none());
        class.fields.push(Field {
            name: "item".to_owned(),
            doc: "The thing.".to_owned(),
            kind: Kind::Held,
            may_be_none: false,
            default: None,
        });
        class.holds = true;
        class.fields.sort_by_key(|field| field.default.is_some());
        self.classes.insert(name.to_owned(), class);
    }

    /// A class that has a list of what it holds.
    fn class_around<O: JsonSchema, I: JsonSchema>(&mut self, generator: &mut SchemaGenerator, name: &str) {
        let schema = definition(&name_of::<O>(generator), generator);
        let inner = Kind::Record(name_of::<I>(generator));
        let mut class = self.class(&schema, generator);
        for field in &mut class.fields {
            if field.kind == Kind::List(Box::new(inner.clone())) {
                field.kind = Kind::List(Box::new(Kind::Held));
            }
        }
        class.holds = true;
        self.classes.insert(name.to_owned(), class);
    }

    fn operation(&mut self, row: &Row, generator: &mut SchemaGenerator) -> Operation {
        let schema = (row.parameters)(generator).to_value();
        let mut schema = resolve(&schema, generator);
        // What is transparent refers to what it is.
        schema = resolve(&schema, generator);
        let mut parameters = self.fields(&schema, generator);
        let place = |field: &Field| row.path.find(&format!("{{{}}}", field.name)).unwrap_or(usize::MAX);
        parameters.sort_by_key(|field| (field.default.is_some(), place(field)));
        let answer = row.answer.map(|answer| answer(generator).to_value());
        let answer = answer.map(|answer| self.kind(&answer, generator));
        let answers = match (row.handler, answer) {
            (Handler::Call(_), Some((kind, may_be_none))) => {
                let (name, doc) = (String::new(), String::new());
                Answers::Once(Field { name, doc, kind, may_be_none, default: None })
            }
            (Handler::Follow(_), Some((kind, _))) => Answers::Often(kind),
            (Handler::Converse(_), None) => Answers::Converses,
            (_, answer) => panic!("`{}` answers {answer:?}", row.name),
        };
        let doc = row.summary.lines().map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned();
        Operation { name: row.name, doc, parameters, answers }
    }

    fn class(&mut self, schema: &Value, generator: &mut SchemaGenerator) -> Class {
        let mut fields = self.fields(schema, generator);
        fields.sort_by_key(|field| field.default.is_some());
        Class { doc: doc(schema), holds: false, fields }
    }

    fn fields(&mut self, schema: &Value, generator: &mut SchemaGenerator) -> Vec<Field> {
        let none = serde_json::Map::new();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let properties = schema["properties"].as_object().unwrap_or(&none).clone();
        let fields = properties.iter().map(|(name, schema)| {
            let (kind, may_be_none) = self.kind(schema, generator);
            let is_required = required.iter().any(|required| required == name);
            let said = schema.get("default").filter(|default| !default.is_null()).cloned();
            let empty = match &kind {
                _ if may_be_none => Value::Null,
                Kind::List(_) => Value::Array(Vec::new()),
                Kind::Map(_) => Value::Object(serde_json::Map::new()),
                Kind::Text => "".into(),
                Kind::Boolean => false.into(),
                _ => Value::Null,
            };
            // What has a default that only the server knows is left out by saying nothing.
            let plain = said.filter(|default| !matches!(kind, Kind::Record(_)) || default.is_null());
            let may_be_none = may_be_none || (!is_required && plain.is_none() && empty.is_null());
            let default = (!is_required).then(|| plain.unwrap_or(empty));
            Field { name: name.clone(), doc: doc(schema), kind, may_be_none, default }
        });
        fields.collect()
    }

    /// What a schema says, and whether it may be `null`.
    fn kind(&mut self, schema: &Value, generator: &mut SchemaGenerator) -> (Kind, bool) {
        if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
            return (self.named(name, generator), false);
        }
        if let Some(choices) = schema["anyOf"].as_array() {
            let rest: Vec<_> = choices.iter().filter(|choice| choice["type"] != "null").collect();
            let [one] = rest[..] else { panic!("no class can say {schema}") };
            return (self.kind(one, generator).0, rest.len() < choices.len());
        }
        let said = |wanted: &str| match &schema["type"] {
            Value::Array(types) => types.iter().any(|said| said == wanted),
            said => said == wanted,
        };
        let kind = if said("string") {
            match schema["format"].as_str() {
                Some("date-time") => Kind::Moment,
                Some("password") => Kind::Secret,
                _ => Kind::Text,
            }
        } else if said("integer") {
            Kind::Integer
        } else if said("number") {
            Kind::Number
        } else if said("boolean") {
            Kind::Boolean
        } else if said("array") {
            let item = schema["prefixItems"].get(0).unwrap_or(&schema["items"]);
            Kind::List(Box::new(self.kind(item, generator).0))
        } else if said("object") && schema["additionalProperties"].is_object() {
            Kind::Map(Box::new(self.kind(&schema["additionalProperties"], generator).0))
        } else if said("object") && schema["additionalProperties"] == true {
            Kind::Map(Box::new(Kind::Anything))
        } else if said("null") {
            return (Kind::Nothing, false);
        } else if ["type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const"]
            .iter()
            .all(|key| schema.get(key).is_none())
        {
            // Any JSON value.
            return (Kind::Anything, true);
        } else {
            panic!("no class can say {schema}")
        };
        (kind, said("null"))
    }

    fn named(&mut self, name: &str, generator: &mut SchemaGenerator) -> Kind {
        if name == "Output" {
            return Kind::Output;
        }
        if let Some((outer, inner)) = self.held.get(name).cloned() {
            self.named(&inner, generator);
            return Kind::Holding(outer, inner);
        }
        if self.classes.contains_key(name) {
            return Kind::Record(name.to_owned());
        }
        let schema = definition(name, generator);
        if let Some(choices) = schema["oneOf"].as_array() {
            return self.choice(name, &schema, choices, generator);
        }
        if schema["type"] == "object" && schema["properties"].is_object() {
            let ends_in_digit = name.ends_with(|c: char| c.is_ascii_digit());
            assert!(!ends_in_digit, "`{name}` is of a type with a parameter: say which in `Model::of`");
            let nothing = Class { doc: String::new(), holds: false, fields: Vec::new() };
            self.classes.insert(name.to_owned(), nothing);
            let mut class = self.class(&schema, generator);
            for field in class.fields.iter_mut().filter(|field| HIDDEN.contains(&(name, &field.name))) {
                field.kind = match field.kind {
                    Kind::Map(_) => Kind::Map(Box::new(Kind::Secret)),
                    _ => Kind::Secret,
                };
            }
            self.classes.insert(name.to_owned(), class);
            return Kind::Record(name.to_owned());
        }
        self.kind(&schema, generator).0
    }

    fn choice(&mut self, name: &str, schema: &Value, choices: &[Value], generator: &mut SchemaGenerator) -> Kind {
        let words: Vec<_> =
            choices.iter().filter_map(|choice| Some((choice["const"].as_str()?.to_owned(), doc(choice)))).collect();
        if words.is_empty() {
            // Objects told apart by one field: one class that has the fields of all.
            let kind = kind_of(choices).unwrap_or_else(|| panic!("`{name}` is told apart by nothing: {schema}"));
            let mut class = Class { doc: doc(schema), holds: false, fields: Vec::new() };
            for choice in choices {
                for mut field in self.fields(&with_plain_kind(choice, kind), generator) {
                    if field.name != kind {
                        (field.default, field.may_be_none) = (Some(Value::Null), true);
                    }
                    if class.fields.iter().all(|known| known.name != field.name) {
                        class.fields.push(field);
                    }
                }
            }
            self.classes.insert(name.to_owned(), class);
            return Kind::Record(name.to_owned());
        }
        let or_valued = words.len() < choices.len();
        self.choices.insert(name.to_owned(), Choice { doc: doc(schema), words, or_valued });
        Kind::Choice(name.to_owned())
    }
}

/// The same with a kind that is a text like any other.
/// The field that says which of some objects it is.
fn kind_of(choices: &[Value]) -> Option<&str> {
    let first = choices.first()?["properties"].as_object()?;
    let is_kind = |name: &str| choices.iter().all(|choice| choice["properties"][name]["const"].is_string());
    first.keys().map(String::as_str).find(|name| is_kind(name))
}

fn with_plain_kind(choice: &Value, kind: &str) -> Value {
    let mut choice = choice.clone();
    choice["properties"][kind] = serde_json::json!({ "type": "string", "description": "Which kind it is." });
    choice
}

fn doc(schema: &Value) -> String {
    plain(schema["description"].as_str().unwrap_or_default())
}

/// A documentation without the links, paths and examples that only Rust has.
fn plain(doc: &str) -> String {
    let without_examples: String = doc.split("```").step_by(2).collect();
    without_examples.trim_end().replace("[`", "`").replace("`]", "`").replace("`Error::", "`")
}

fn name_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> String {
    let schema = generator.subschema_for::<T>().to_value();
    schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()).expect("a type with a name").to_owned()
}

fn definition(name: &str, generator: &SchemaGenerator) -> Value {
    generator.definitions()[name].clone()
}

fn resolve(schema: &Value, generator: &SchemaGenerator) -> Value {
    match schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        Some(name) => definition(name, generator),
        None => schema.clone(),
    }
}

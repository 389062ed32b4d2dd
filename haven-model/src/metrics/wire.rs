//! How agents of several makes write what they know, and do not know.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

/// Numbers below are seconds since 1970, others milliseconds: the one reaches to the year 5138, the other from 1973.
const FIRST_MILLISECOND: f64 = 1e11;

pub(super) fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(object(deserializer)?.unwrap_or_default())
}

/// An object or `null`. What is derived would take a list of its fields for it as well.
fn object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Object<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
            T::deserialize(MapAccessDeserializer::new(map)).map(Some)
        }

        fn visit_unit<E: de::Error>(self) -> Result<Option<T>, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(Object(PhantomData))
}

/// A map of texts, or `null`. Texts that are `null` are none.
pub(super) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BTreeMap<String, String>>, D::Error> {
    let entries: Option<BTreeMap<String, Option<String>>> = Option::deserialize(deserializer)?;
    Ok(entries.map(|entries| entries.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()))
}

/// A map of objects. Those that are `null` are none.
pub(super) fn objects<'de, D, T>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Entry<T>(Option<T>);

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entry<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            object(deserializer).map(Self)
        }
    }

    let entries: Option<BTreeMap<String, Entry<T>>> = Option::deserialize(deserializer)?;
    Ok(entries.unwrap_or_default().into_iter().filter_map(|(name, entry)| Some((name, entry.0?))).collect())
}

pub(super) fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    struct Bytes;

    impl Visitor<'_> for Bytes {
        type Value = u64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number of bytes")
        }

        fn visit_u64<E: de::Error>(self, bytes: u64) -> Result<u64, E> {
            Ok(bytes)
        }

        fn visit_i64<E: de::Error>(self, bytes: i64) -> Result<u64, E> {
            u64::try_from(bytes).map_err(|_| E::invalid_value(de::Unexpected::Signed(bytes), &self))
        }

        fn visit_f64<E: de::Error>(self, bytes: f64) -> Result<u64, E> {
            if !(0.0..u64::MAX as f64).contains(&bytes) {
                return Err(E::invalid_value(de::Unexpected::Float(bytes), &self));
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked; parts of bytes go")]
            Ok(bytes as u64)
        }

        fn visit_unit<E: de::Error>(self) -> Result<u64, E> {
            Ok(0)
        }
    }

    deserializer.deserialize_any(Bytes)
}

pub(super) fn percent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    struct Percent;

    impl Visitor<'_> for Percent {
        type Value = Option<f64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a percentage")
        }

        fn visit_u64<E: de::Error>(self, percent: u64) -> Result<Option<f64>, E> {
            Ok(Some(percent as f64))
        }

        fn visit_i64<E: de::Error>(self, percent: i64) -> Result<Option<f64>, E> {
            Ok(Some(percent as f64))
        }

        fn visit_f64<E: de::Error>(self, percent: f64) -> Result<Option<f64>, E> {
            Ok(Some(percent).filter(|percent| percent.is_finite()))
        }

        /// JSON has no word for these, and Java's writers say them as texts.
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<f64>, E> {
            match text {
                "NaN" | "Infinity" | "-Infinity" => Ok(None),
                _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
            }
        }

        fn visit_unit<E: de::Error>(self) -> Result<Option<f64>, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(Percent)
}

pub(super) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    struct Time;

    impl Visitor<'_> for Time {
        type Value = Option<Timestamp>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a time")
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Option<Timestamp>, E> {
            self.visit_f64(number as f64)
        }

        fn visit_i64<E: de::Error>(self, number: i64) -> Result<Option<Timestamp>, E> {
            self.visit_f64(number as f64)
        }

        fn visit_f64<E: de::Error>(self, number: f64) -> Result<Option<Timestamp>, E> {
            let milliseconds = if number.abs() < FIRST_MILLISECOND { number * 1000.0 } else { number };
            #[expect(clippy::cast_possible_truncation, reason = "what is too large stays out of bounds")]
            let time = Timestamp::from_millisecond(milliseconds.round() as i64);
            time.map(Some).map_err(|error| E::custom(format!("`time` is no time: {error}")))
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<Timestamp>, E> {
            if let Ok(time) = text.parse::<Timestamp>() {
                return Ok(Some(time));
            }
            // A zone in brackets, as Java writes it, or no zone at all, as Python does.
            if let Ok(time) = text.parse::<jiff::Zoned>() {
                return Ok(Some(time.timestamp()));
            }
            match text.parse::<jiff::civil::DateTime>() {
                Ok(_) => Ok(None),
                Err(error) => Err(E::custom(format!("`time` is no time: {error}"))),
            }
        }

        fn visit_unit<E: de::Error>(self) -> Result<Option<Timestamp>, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(Time)
}

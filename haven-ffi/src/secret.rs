//! Secrets as hosts hold them: put in, and never shown. A record that holds one can be printed.

use std::{collections::HashMap, fmt, sync::Arc};

use haven_core::model;

/// A value that must not be seen: a password, a token, the value of an environment variable.
#[derive(Debug, uniffi::Object)]
#[uniffi::export(Display)]
pub struct Secret(model::Secret);

#[uniffi::export]
impl Secret {
    /// Wraps a value.
    #[uniffi::constructor]
    pub fn new(value: String) -> Self {
        Self(value.into())
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl From<&Secret> for model::Secret {
    fn from(secret: &Secret) -> Self {
        secret.0.clone()
    }
}

/// Secrets by name, for the model.
pub(crate) fn by_name(secrets: HashMap<String, Arc<Secret>>) -> std::collections::BTreeMap<String, model::Secret> {
    secrets.into_iter().map(|(name, secret)| (name, (&*secret).into())).collect()
}

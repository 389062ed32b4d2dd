//! Enums of the model as hosts see them: the same names, and the way there or back.
//!
//! Core carries no attribute of UniFFI; what hosts see is said here once more.

/// Declares an enum with the variants of a model's, and how it is made `from` that or goes `into` it.
macro_rules! mirror {
    ($(#[$doc:meta])* $name:ident, $way:ident $model:path { $($(#[$variant_doc:meta])* $variant:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        mirror!(@$way $name, $model { $($variant,)+ });
    };
    (@from $name:ident, $model:path { $($variant:ident,)+ }) => {
        impl From<$model> for $name {
            fn from(from: $model) -> Self {
                use $model as Model;
                match from {
                    $(Model::$variant => Self::$variant,)+
                }
            }
        }
    };
    (@into $name:ident, $model:path { $($variant:ident,)+ }) => {
        impl From<$name> for $model {
            fn from(from: $name) -> Self {
                match from {
                    $($name::$variant => Self::$variant,)+
                }
            }
        }
    };
    (@both $name:ident, $model:path { $($variant:ident,)+ }) => {
        mirror!(@from $name, $model { $($variant,)+ });
        mirror!(@into $name, $model { $($variant,)+ });
    };
}
pub(crate) use mirror;

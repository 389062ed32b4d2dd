//! The first password of `admin`: given by the environment, else made up and told once.

use haven_core::{Error, Haven, model::Secret};
use rand::{TryRng as _, rngs::SysRng};

use crate::{connection::variable, failure::Result};

/// Says what the first password shall be.
pub(crate) const VARIABLE: &str = "HAVEN_ADMIN_PASSWORD";
/// What a password that was made up is made of: nothing that is easily confused.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Shorter ones are weak.
const GOOD_LENGTH: usize = 12;

/// Makes the first user unless there is one. Answers the password when it was made up, for telling it once.
pub(super) async fn first(haven: &Haven) -> Result<Option<Secret>> {
    let services = haven.services().ok_or_else(|| Error::unexpected("a server has a fleet of its own process"))?;
    if services.access.has_users().await? {
        return Ok(None);
    }
    if let Some(given) = variable(VARIABLE) {
        if is_weak(&given) {
            tracing::warn!("the password in {VARIABLE} is weak: change it with `haven passwd`");
        }
        services.access.first_user(&Secret::new(given)).await?;
        return Ok(None);
    }
    let password = make_up()?;
    // Another master of the same store may have been faster; then its password counts.
    Ok(services.access.first_user(&password).await?.then_some(password))
}

fn is_weak(password: &str) -> bool {
    let mut letters: Vec<char> = password.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    password.chars().count() < GOOD_LENGTH || letters.len() < 5
}

fn make_up() -> Result<Secret> {
    let mut bytes = [0; 20];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| Error::unexpected("the system has no random numbers").caused_by(error))?;
    Ok(Secret::new(bytes.map(|byte| char::from(LETTERS[usize::from(byte & 31)])).iter().collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_ones_are_known() {
        assert!(is_weak("secret") && is_weak("aaaaaaaaaaaaaaaa") && !is_weak("correct horse battery"));
    }

    #[test]
    fn made_up_ones_differ() {
        let (a, b) = (make_up().unwrap(), make_up().unwrap());
        assert!(a != b && a.expose().len() == 20 && !is_weak(a.expose()));
    }
}

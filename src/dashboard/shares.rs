//! What part of a whole each of its parts is. Pure.

use std::cmp::Reverse;

use rust_decimal::Decimal;

/// Decimal places of a share.
const PLACES: u32 = 4;
/// How many of the smallest shares make up a whole.
const WHOLE: i128 = 10_i128.pow(PLACES);

/// The share of each of `parts` in the sum of those above zero: rounded so that they add up to exactly 1, by largest
/// remainder, of equal ones the first. That of one below zero is zero, and so are all where none is above it.
pub(super) fn shares(parts: &[i128]) -> Vec<Decimal> {
    let parts: Vec<i128> = parts.iter().map(|part| *part.max(&0)).collect();
    let sum: i128 = parts.iter().sum();
    if sum == 0 {
        return vec![Decimal::new(0, PLACES); parts.len()];
    }
    let mut units: Vec<i128> = parts.iter().map(|part| part * WHOLE / sum).collect();
    let missing = usize::try_from(WHOLE - units.iter().sum::<i128>()).unwrap_or_default();
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|index| Reverse(parts[*index] * WHOLE % sum));
    for index in by_remainder.into_iter().take(missing) {
        units[index] += 1;
    }
    units.into_iter().map(|units| Decimal::from_i128_with_scale(units, PLACES)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(parts: &[i128]) -> Vec<String> {
        shares(parts).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn shares_of_equal_parts_add_up_to_one() {
        assert_eq!(texts(&[5, 5, 5]), ["0.3334", "0.3333", "0.3333"]);
        assert_eq!(texts(&[7]), ["1.0000"]);
        assert_eq!(texts(&[0, 0]), ["0.0000", "0.0000"]);
        assert_eq!(texts(&[30, -20, 10]), ["0.7500", "0.0000", "0.2500"]);
        assert_eq!(texts(&[-1, -1]), ["0.0000", "0.0000"]);
        assert_eq!(texts(&[]), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn shares_add_up_to_one_and_are_off_by_less_than_their_last_place(parts in prop::collection::vec(0..1_i128 << 94, 1..40)) {
            let sum: i128 = parts.iter().sum();
            prop_assume!(sum > 0);
            let shares = shares(&parts);
            prop_assert_eq!(shares.iter().sum::<Decimal>(), Decimal::ONE);
            for (part, share) in parts.iter().zip(shares) {
                let exact = part * WHOLE / sum;
                prop_assert!((exact..=exact + 1).contains(&share.mantissa()), "{} {}", part, share);
            }
        }
    }
}

//! The currencies: every ISO 4217 code that this program has ever accepted, with its decimal places. The table is
//! our own and only ever grows: an amount is stored in minor units, and would mean something else with other places.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::LazyLock};

/// The codes that amounts can be entered in, by their decimal places.
const CURRENT: [(u8, &str); 4] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW \
         CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF \
         IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK \
         MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP \
         SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG \
         YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

/// The codes that are no longer in use, with their decimal places, what replaced each, and in which year. Records in
/// them can be read; new ones are refused.
const HISTORIC: [(&str, u8, &str, u16); 45] = [
    ("ADP", 0, "EUR", 2002),
    ("AFA", 2, "AFN", 2003),
    ("ANG", 2, "XCG", 2025),
    ("ATS", 2, "EUR", 2002),
    ("AZM", 2, "AZN", 2006),
    ("BEF", 0, "EUR", 2002),
    ("BGN", 2, "EUR", 2026),
    ("BYR", 0, "BYN", 2016),
    ("CSD", 2, "RSD", 2006),
    ("CUC", 2, "CUP", 2021),
    ("CYP", 2, "EUR", 2008),
    ("DEM", 2, "EUR", 2002),
    ("ECS", 2, "USD", 2000),
    ("EEK", 2, "EUR", 2011),
    ("ESP", 0, "EUR", 2002),
    ("FIM", 2, "EUR", 2002),
    ("FRF", 2, "EUR", 2002),
    ("GHC", 2, "GHS", 2007),
    ("GRD", 0, "EUR", 2002),
    ("HRK", 2, "EUR", 2023),
    ("IEP", 2, "EUR", 2002),
    ("ITL", 0, "EUR", 2002),
    ("LTL", 2, "EUR", 2015),
    ("LUF", 0, "EUR", 2002),
    ("LVL", 2, "EUR", 2014),
    ("MGF", 0, "MGA", 2005),
    ("MRO", 2, "MRU", 2018),
    ("MTL", 2, "EUR", 2008),
    ("MZM", 2, "MZN", 2006),
    ("NLG", 2, "EUR", 2002),
    ("PTE", 0, "EUR", 2002),
    ("ROL", 2, "RON", 2005),
    ("SDD", 2, "SDG", 2007),
    ("SIT", 2, "EUR", 2007),
    ("SKK", 2, "EUR", 2009),
    ("SLL", 2, "SLE", 2023),
    ("SRG", 2, "SRD", 2004),
    ("STD", 2, "STN", 2018),
    ("TMM", 2, "TMT", 2009),
    ("TRL", 0, "TRY", 2005),
    ("VEB", 2, "VEF", 2008),
    ("VEF", 2, "VES", 2018),
    ("YUM", 2, "CSD", 2003),
    ("ZMK", 2, "ZMW", 2013),
    ("ZWL", 2, "ZWG", 2024),
];

static TABLE: LazyLock<BTreeMap<&str, Currency>> = LazyLock::new(|| {
    let current = CURRENT.iter().flat_map(|(fraction_digits, codes)| {
        codes.split(' ').map(|code| Currency { code, fraction_digits: *fraction_digits, replaced: None })
    });
    let historic = HISTORIC.iter().map(|(code, fraction_digits, by, year)| Currency {
        code,
        fraction_digits: *fraction_digits,
        replaced: Some((by, *year)),
    });
    current.chain(historic).map(|currency| (currency.code, currency)).collect()
});

/// A currency that amounts are in, or once were.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency {
    code: &'static str,
    fraction_digits: u8,
    replaced: Option<(&'static str, u16)>,
}

impl Currency {
    /// The currency of an ISO 4217 code, in use or not; `None` also for units without decimal places, as gold.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        TABLE.get(code).copied()
    }

    /// All of them, in use or not, by code.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        TABLE.values().copied()
    }

    /// Its ISO 4217 code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.code
    }

    /// How many decimal places its amounts have.
    #[must_use]
    pub fn fraction_digits(self) -> u32 {
        self.fraction_digits.into()
    }

    /// Why nothing new can be entered in it; `None` for a currency in use.
    #[must_use]
    pub fn why_ended(self) -> Option<String> {
        self.replaced.map(|(by, year)| format!("{} was replaced by {by} in {year}.", self.code))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

/// A code that is not in the table.
#[derive(Debug)]
pub struct Unknown;

impl FromStr for Currency {
    type Err = Unknown;

    fn from_str(code: &str) -> Result<Self, Unknown> {
        Self::from_code(code).ok_or(Unknown)
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_STANDARD};
    use iso_currency::IntoEnumIterator;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn no_code_ever_leaves_the_table_or_changes_its_decimal_places() {
        let lines = TABLE.values().map(|currency| format!("{} {}\n", currency.code, currency.fraction_digits));
        let digest = Sha256::digest(lines.collect::<String>());
        // Only codes that were added are a reason to change this.
        assert_eq!(BASE64_STANDARD.encode(digest), "RdN6BTkDu74QC59lvciEIXNAzJI/JGmgZ8ew1fkfIus=");
    }

    #[test]
    fn a_code_stands_in_the_table_once() {
        let current = CURRENT.iter().flat_map(|(_, codes)| codes.split(' ')).count();
        assert_eq!(TABLE.len(), current + HISTORIC.len());
        assert!(TABLE.keys().all(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())));
    }

    #[test]
    fn what_the_first_version_accepted_is_there_with_the_same_decimal_places() {
        for known in iso_currency::Currency::iter() {
            let Some(places) = known.exponent() else { continue };
            let ours = Currency::from_code(known.code()).unwrap_or_else(|| panic!("{known:?}"));
            assert_eq!(ours.fraction_digits(), u32::from(places), "{known:?}");
        }
    }

    #[test]
    fn an_ended_currency_names_one_that_replaced_it() {
        assert_eq!(Currency::from_code("ANG").unwrap().why_ended().unwrap(), "ANG was replaced by XCG in 2025.");
        assert_eq!(Currency::from_code("EUR").unwrap().why_ended(), None);
        for (_, _, by, year) in HISTORIC {
            assert!(
                Currency::from_code(by).is_some_and(|by| by.replaced.is_none_or(|(_, later)| later > year)),
                "{by}"
            );
        }
    }
}

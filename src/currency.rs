//! The currencies: every ISO 4217 code that this program has ever accepted, with its decimal places and its name. The
//! table is our own and only ever grows: an amount is stored in minor units, and would mean something else with other
//! places.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::LazyLock};

/// The codes that amounts can be entered in, with their decimal places and names.
const CURRENT: [(&str, u8, &str); 165] = [
    ("AED", 2, "UAE Dirham"),
    ("AFN", 2, "Afghani"),
    ("ALL", 2, "Lek"),
    ("AMD", 2, "Armenian Dram"),
    ("AOA", 2, "Kwanza"),
    ("ARS", 2, "Argentine Peso"),
    ("AUD", 2, "Australian Dollar"),
    ("AWG", 2, "Aruban Florin"),
    ("AZN", 2, "Azerbaijan Manat"),
    ("BAM", 2, "Convertible Mark"),
    ("BBD", 2, "Barbados Dollar"),
    ("BDT", 2, "Taka"),
    ("BHD", 3, "Bahraini Dinar"),
    ("BIF", 0, "Burundi Franc"),
    ("BMD", 2, "Bermudian Dollar"),
    ("BND", 2, "Brunei Dollar"),
    ("BOB", 2, "Boliviano"),
    ("BOV", 2, "Mvdol"),
    ("BRL", 2, "Brazilian Real"),
    ("BSD", 2, "Bahamian Dollar"),
    ("BTN", 2, "Ngultrum"),
    ("BWP", 2, "Pula"),
    ("BYN", 2, "Belarusian Ruble"),
    ("BZD", 2, "Belize Dollar"),
    ("CAD", 2, "Canadian Dollar"),
    ("CDF", 2, "Congolese Franc"),
    ("CHE", 2, "WIR Euro"),
    ("CHF", 2, "Swiss Franc"),
    ("CHW", 2, "WIR Franc"),
    ("CLF", 4, "Unidad de Fomento"),
    ("CLP", 0, "Chilean Peso"),
    ("CNY", 2, "Yuan Renminbi"),
    ("COP", 2, "Colombian Peso"),
    ("COU", 2, "Unidad de Valor Real"),
    ("CRC", 2, "Costa Rican Colon"),
    ("CUP", 2, "Cuban Peso"),
    ("CVE", 2, "Cabo Verde Escudo"),
    ("CZK", 2, "Czech Koruna"),
    ("DJF", 0, "Djibouti Franc"),
    ("DKK", 2, "Danish Krone"),
    ("DOP", 2, "Dominican Peso"),
    ("DZD", 2, "Algerian Dinar"),
    ("EGP", 2, "Egyptian Pound"),
    ("ERN", 2, "Nakfa"),
    ("ETB", 2, "Ethiopian Birr"),
    ("EUR", 2, "Euro"),
    ("FJD", 2, "Fiji Dollar"),
    ("FKP", 2, "Falkland Islands Pound"),
    ("GBP", 2, "Pound Sterling"),
    ("GEL", 2, "Lari"),
    ("GHS", 2, "Ghana Cedi"),
    ("GIP", 2, "Gibraltar Pound"),
    ("GMD", 2, "Dalasi"),
    ("GNF", 0, "Guinean Franc"),
    ("GTQ", 2, "Quetzal"),
    ("GYD", 2, "Guyana Dollar"),
    ("HKD", 2, "Hong Kong Dollar"),
    ("HNL", 2, "Lempira"),
    ("HTG", 2, "Gourde"),
    ("HUF", 2, "Forint"),
    ("IDR", 2, "Rupiah"),
    ("ILS", 2, "New Israeli Sheqel"),
    ("INR", 2, "Indian Rupee"),
    ("IQD", 3, "Iraqi Dinar"),
    ("IRR", 2, "Iranian Rial"),
    ("ISK", 0, "Iceland Krona"),
    ("JMD", 2, "Jamaican Dollar"),
    ("JOD", 3, "Jordanian Dinar"),
    ("JPY", 0, "Yen"),
    ("KES", 2, "Kenyan Shilling"),
    ("KGS", 2, "Som"),
    ("KHR", 2, "Riel"),
    ("KMF", 0, "Comorian Franc"),
    ("KPW", 2, "North Korean Won"),
    ("KRW", 0, "Won"),
    ("KWD", 3, "Kuwaiti Dinar"),
    ("KYD", 2, "Cayman Islands Dollar"),
    ("KZT", 2, "Tenge"),
    ("LAK", 2, "Lao Kip"),
    ("LBP", 2, "Lebanese Pound"),
    ("LKR", 2, "Sri Lanka Rupee"),
    ("LRD", 2, "Liberian Dollar"),
    ("LSL", 2, "Loti"),
    ("LYD", 3, "Libyan Dinar"),
    ("MAD", 2, "Moroccan Dirham"),
    ("MDL", 2, "Moldovan Leu"),
    ("MGA", 2, "Malagasy Ariary"),
    ("MKD", 2, "Denar"),
    ("MMK", 2, "Kyat"),
    ("MNT", 2, "Tugrik"),
    ("MOP", 2, "Pataca"),
    ("MRU", 2, "Ouguiya"),
    ("MUR", 2, "Mauritius Rupee"),
    ("MVR", 2, "Rufiyaa"),
    ("MWK", 2, "Malawi Kwacha"),
    ("MXN", 2, "Mexican Peso"),
    ("MXV", 2, "Mexican Unidad de Inversion (UDI)"),
    ("MYR", 2, "Malaysian Ringgit"),
    ("MZN", 2, "Mozambique Metical"),
    ("NAD", 2, "Namibia Dollar"),
    ("NGN", 2, "Naira"),
    ("NIO", 2, "Cordoba Oro"),
    ("NOK", 2, "Norwegian Krone"),
    ("NPR", 2, "Nepalese Rupee"),
    ("NZD", 2, "New Zealand Dollar"),
    ("OMR", 3, "Rial Omani"),
    ("PAB", 2, "Balboa"),
    ("PEN", 2, "Sol"),
    ("PGK", 2, "Kina"),
    ("PHP", 2, "Philippine Peso"),
    ("PKR", 2, "Pakistan Rupee"),
    ("PLN", 2, "Zloty"),
    ("PYG", 0, "Guarani"),
    ("QAR", 2, "Qatari Rial"),
    ("RON", 2, "Romanian Leu"),
    ("RSD", 2, "Serbian Dinar"),
    ("RUB", 2, "Russian Ruble"),
    ("RWF", 0, "Rwanda Franc"),
    ("SAR", 2, "Saudi Riyal"),
    ("SBD", 2, "Solomon Islands Dollar"),
    ("SCR", 2, "Seychelles Rupee"),
    ("SDG", 2, "Sudanese Pound"),
    ("SEK", 2, "Swedish Krona"),
    ("SGD", 2, "Singapore Dollar"),
    ("SHP", 2, "Saint Helena Pound"),
    ("SLE", 2, "Leone"),
    ("SOS", 2, "Somali Shilling"),
    ("SRD", 2, "Surinam Dollar"),
    ("SSP", 2, "South Sudanese Pound"),
    ("STN", 2, "Dobra"),
    ("SVC", 2, "El Salvador Colon"),
    ("SYP", 2, "Syrian Pound"),
    ("SZL", 2, "Lilangeni"),
    ("THB", 2, "Baht"),
    ("TJS", 2, "Somoni"),
    ("TMT", 2, "Turkmenistan New Manat"),
    ("TND", 3, "Tunisian Dinar"),
    ("TOP", 2, "Pa’anga"),
    ("TRY", 2, "Turkish Lira"),
    ("TTD", 2, "Trinidad and Tobago Dollar"),
    ("TWD", 2, "New Taiwan Dollar"),
    ("TZS", 2, "Tanzanian Shilling"),
    ("UAH", 2, "Hryvnia"),
    ("UGX", 0, "Uganda Shilling"),
    ("USD", 2, "US Dollar"),
    ("USN", 2, "US Dollar (Next day)"),
    ("UYI", 0, "Uruguay Peso en Unidades Indexadas (UI)"),
    ("UYU", 2, "Peso Uruguayo"),
    ("UYW", 4, "Unidad Previsional"),
    ("UZS", 2, "Uzbekistan Sum"),
    ("VED", 2, "Bolívar Soberano"),
    ("VES", 2, "Bolívar Soberano"),
    ("VND", 0, "Dong"),
    ("VUV", 0, "Vatu"),
    ("WST", 2, "Tala"),
    ("XAD", 2, "Arab Accounting Dinar"),
    ("XAF", 0, "CFA Franc BEAC"),
    ("XCD", 2, "East Caribbean Dollar"),
    ("XCG", 2, "Caribbean Guilder"),
    ("XOF", 0, "CFA Franc BCEAO"),
    ("XPF", 0, "CFP Franc"),
    ("YER", 2, "Yemeni Rial"),
    ("ZAR", 2, "Rand"),
    ("ZMW", 2, "Zambian Kwacha"),
    ("ZWG", 2, "Zimbabwe Gold"),
];

/// The codes that are no longer in use, with their decimal places and names, what replaced each, and in which year. Records in
/// them can be read; new ones are refused.
const HISTORIC: [(&str, u8, &str, &str, u16); 45] = [
    ("ADP", 0, "Andorran Peseta", "EUR", 2002),
    ("AFA", 2, "Afghani", "AFN", 2003),
    ("ANG", 2, "Netherlands Antillean Guilder", "XCG", 2025),
    ("ATS", 2, "Schilling", "EUR", 2002),
    ("AZM", 2, "Azerbaijanian Manat", "AZN", 2006),
    ("BEF", 0, "Belgian Franc", "EUR", 2002),
    ("BGN", 2, "Bulgarian Lev", "EUR", 2026),
    ("BYR", 0, "Belarusian Ruble", "BYN", 2016),
    ("CSD", 2, "Serbian Dinar", "RSD", 2006),
    ("CUC", 2, "Peso Convertible", "CUP", 2021),
    ("CYP", 2, "Cyprus Pound", "EUR", 2008),
    ("DEM", 2, "Deutsche Mark", "EUR", 2002),
    ("ECS", 2, "Sucre", "USD", 2000),
    ("EEK", 2, "Kroon", "EUR", 2011),
    ("ESP", 0, "Spanish Peseta", "EUR", 2002),
    ("FIM", 2, "Markka", "EUR", 2002),
    ("FRF", 2, "French Franc", "EUR", 2002),
    ("GHC", 2, "Cedi", "GHS", 2007),
    ("GRD", 0, "Drachma", "EUR", 2002),
    ("HRK", 2, "Kuna", "EUR", 2023),
    ("IEP", 2, "Irish Pound", "EUR", 2002),
    ("ITL", 0, "Italian Lira", "EUR", 2002),
    ("LTL", 2, "Lithuanian Litas", "EUR", 2015),
    ("LUF", 0, "Luxembourg Franc", "EUR", 2002),
    ("LVL", 2, "Latvian Lats", "EUR", 2014),
    ("MGF", 0, "Malagasy Franc", "MGA", 2005),
    ("MRO", 2, "Ouguiya", "MRU", 2018),
    ("MTL", 2, "Maltese Lira", "EUR", 2008),
    ("MZM", 2, "Mozambique Metical", "MZN", 2006),
    ("NLG", 2, "Netherlands Guilder", "EUR", 2002),
    ("PTE", 0, "Portuguese Escudo", "EUR", 2002),
    ("ROL", 2, "Old Leu", "RON", 2005),
    ("SDD", 2, "Sudanese Dinar", "SDG", 2007),
    ("SIT", 2, "Tolar", "EUR", 2007),
    ("SKK", 2, "Slovak Koruna", "EUR", 2009),
    ("SLL", 2, "Leone", "SLE", 2023),
    ("SRG", 2, "Surinam Guilder", "SRD", 2004),
    ("STD", 2, "Dobra", "STN", 2018),
    ("TMM", 2, "Turkmenistan Manat", "TMT", 2009),
    ("TRL", 0, "Old Turkish Lira", "TRY", 2005),
    ("VEB", 2, "Bolivar", "VEF", 2008),
    ("VEF", 2, "Bolivar Fuerte", "VES", 2018),
    ("YUM", 2, "New Dinar", "CSD", 2003),
    ("ZMK", 2, "Zambian Kwacha", "ZMW", 2013),
    ("ZWL", 2, "Zimbabwe Dollar", "ZWG", 2024),
];

static TABLE: LazyLock<BTreeMap<&str, Currency>> = LazyLock::new(|| {
    let current = CURRENT.into_iter().map(|(code, fraction_digits, name)| Currency {
        code,
        fraction_digits,
        name,
        replaced: None,
    });
    let historic = HISTORIC.into_iter().map(|(code, fraction_digits, name, by, year)| Currency {
        code,
        fraction_digits,
        name,
        replaced: Some((by, year)),
    });
    current.chain(historic).map(|currency| (currency.code, currency)).collect()
});

/// A currency that amounts are in, or once were.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency {
    code: &'static str,
    fraction_digits: u8,
    name: &'static str,
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

    /// Its English name in ISO 4217. Some currencies that followed each other share one.
    pub(crate) fn name(self) -> &'static str {
        self.name
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
    use std::collections::BTreeSet;

    use base64::{Engine, prelude::BASE64_STANDARD};
    use iso_currency::IntoEnumIterator;
    use sha2::{Digest, Sha256};
    use unicode_normalization::UnicodeNormalization;

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
        assert_eq!(TABLE.len(), CURRENT.len() + HISTORIC.len());
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
    fn every_currency_has_a_name_and_no_name_stands_beside_another_code() {
        let words = |name: &str| -> BTreeSet<String> {
            let plain = name.to_lowercase().nfd().filter(|c| c.is_ascii_alphabetic() || *c == ' ').collect::<String>();
            plain.split(' ').map(str::to_owned).collect()
        };
        for currency in Currency::all() {
            let name = currency.name();
            assert!(
                name.trim() == name && name.len() > 2 && name.starts_with(char::is_uppercase),
                "{currency:?} {name}"
            );
            let Some(known) = iso_currency::Currency::from_code(currency.code()) else { continue };
            // Letters that are no others with marks, and another spelling: these are compared by eye.
            if ["ISK", "MNT", "PLN", "VND"].contains(&currency.code()) {
                continue;
            }
            assert!(!words(name).is_disjoint(&words(known.name())), "{currency:?}: {name} and {}", known.name());
        }
        for (code, name) in [("CHF", "Swiss Franc"), ("USD", "US Dollar"), ("GBP", "Pound Sterling"), ("PLN", "Zloty")]
        {
            assert_eq!(Currency::from_code(code).unwrap().name(), name);
        }
    }

    #[test]
    fn an_ended_currency_names_one_that_replaced_it() {
        assert_eq!(Currency::from_code("ANG").unwrap().why_ended().unwrap(), "ANG was replaced by XCG in 2025.");
        assert_eq!(Currency::from_code("EUR").unwrap().why_ended(), None);
        for (_, _, _, by, year) in HISTORIC {
            assert!(
                Currency::from_code(by).is_some_and(|by| by.replaced.is_none_or(|(_, later)| later > year)),
                "{by}"
            );
        }
    }
}

"""Names for types whose own names are those of fields, too."""

import datetime

# A field that is called `date` hides a type of that name: `date: Optional[date] = None` is a field that can only be
# None, and mypy does not see it.
LocalDate = datetime.date

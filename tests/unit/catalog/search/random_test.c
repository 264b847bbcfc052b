#include "catalog/search/query.h"
#include "tests/support/unit.h"
CB_SUITE(random) { (void)suite; }

//! `GET /web/categories`: the tree of categories, as a list: the answer is the call's own value.

use trefoil::composition;

use crate::backends::Catalog;
use crate::views::Category;

/// What there is to browse: the departments, each with the categories in it.
#[composition(get = "/categories", deadline = "300ms", scopes("catalog:read"))]
pub struct Categories(#[call(Catalog, get = "/categories")] pub Vec<Category>);

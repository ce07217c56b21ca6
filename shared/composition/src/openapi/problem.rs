//! The schemas of the one error answer.

use trefoil_context::Code;
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, Schema, SchemaFormat, Type};

use super::Names;

/// The problem, the faults in it, and the codes.
pub(super) fn schemas(names: &Names) -> [(String, Schema); 3] {
    [(names.problem.clone(), problem(names)), (names.fault.clone(), fault()), (names.code.clone(), code())]
}

fn problem(names: &Names) -> Schema {
    let mut code = Ref::from_schema_name(&names.code);
    "What to branch on.".clone_into(&mut code.description);
    let status = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(400)).maximum(Some(599));
    let faults = ArrayBuilder::new().items(Ref::from_schema_name(&names.fault));
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("Something is wrong (RFC 9457). Members may be added."))
        .property(
            "type",
            words("Where the code is explained.").format(Some(SchemaFormat::Custom("uri-reference".into()))),
        )
        .property("title", words("The same words for every occurrence of the code."))
        .property("status", status.description(Some("The status of the answer.")))
        .property("code", code)
        .property("detail", words("What is wrong with this very request; for people."))
        .property("field", words("The part of the answer that could not be filled: a path of members."))
        .property("requestId", words("The id under which the request is found in logs."))
        .property("errors", faults.description(Some("Every fault of the input, with `invalid-input`: the first 50 where there are more, and then `detail` says so.")))
        .required("type")
        .required("title")
        .required("status")
        .required("code")
        .build()
        .into()
}

fn fault() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("One fault of the input."))
        .property("in", words("Where the input stands.").enum_values(Some(["path", "query", "header", "body"])))
        .property("name", words("Its name there; for a body, the path to the member."))
        .property("detail", words("What is wrong, and what would fit."))
        .required("in")
        .required("name")
        .required("detail")
        .build()
        .into()
}

fn code() -> Schema {
    let mut about =
        "What is wrong, in one stable word. Codes are added, never renamed: be ready for one that you do not know.\n"
            .to_owned();
    for code in Code::ALL {
        about.push_str(&format!("\n- `{}` ({}): {}.", code.name(), code.status().as_u16(), code.title()));
    }
    words(&about).enum_values(Some(Code::ALL.iter().map(|code| code.name()))).build().into()
}

fn words(about: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(about))
}

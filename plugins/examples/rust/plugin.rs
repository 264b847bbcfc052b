//! A plugin in Rust: which relations an entity has, by kind. Build with
//!
//!     rustc --edition 2021 --crate-type cdylib -O -o relations.so plugin.rs
mod callboard;

use callboard::{Answer, Call, Failure, Panel, Plugin, EINVAL, PANEL_END};
use std::collections::BTreeMap;

fn relations(call: &Call) -> Result<Answer, Failure> {
    let most = call.config().integer(c"/most", 3) as usize;
    let mut by_type: BTreeMap<&str, Vec<&str>> = BTreeMap::new();

    for relation in call.entity().get(c"/relations").iter() {
        if let (Some(kind), Some(target)) = (relation.text(c"/type"), relation.text(c"/targetRef")) {
            by_type.entry(kind).or_default().push(target);
        }
    }
    if by_type.is_empty() {
        return Ok(Answer::Absent);
    }
    call.put(c"type", "keyvalues");
    call.put(c"summary", &format!("{} relations of {} kinds", by_type.values().map(Vec::len).sum::<usize>(), by_type.len()));
    call.list(c"items", || {
        for (kind, targets) in &by_type {
            let rest = targets.len().saturating_sub(most);
            let shown = targets[..targets.len() - rest].join(", ");

            call.item(|| {
                call.put(c"key", kind);
                call.put(c"value", &if rest > 0 { format!("{shown} and {rest} more") } else { shown });
            });
        }
    });
    call.metric_add(c"drawn", 1.0);
    Ok(Answer::Done)
}

/// What is asked of callboard, and what goes wrong.
fn asked(call: &Call) -> Result<Answer, Failure> {
    let name = call.annotation(c"example.com/ask").ok_or(Failure(EINVAL, "there is nobody to ask for: 100 %s".into()))?;
    let owner = call.catalog_entity(name).text(c"/spec/owner").expect("it has an owner");

    call.state_put("owner", owner.as_bytes(), 60)?;
    call.put(c"type", "text");
    call.put(c"markdown", &format!("**{owner}** owns {name}"));
    call.put_integer(c"host_bytes", std::mem::size_of::<callboard::RawHost>() as i64);
    Ok(Answer::Done)
}

render!(render_relations, relations);
render!(render_asked, asked);

static PANELS: [Panel; 3] = [
    Panel { name: c"relations".as_ptr(), title: c"Relations".as_ptr(), ttl_s: 60, render: Some(render_relations), ..PANEL_END },
    Panel { name: c"asked".as_ptr(), title: c"Asked".as_ptr(), annotations: c"example.com/ask".as_ptr(), render: Some(render_asked), ..PANEL_END },
    PANEL_END,
];

static PLUGIN: Plugin = Plugin::new(c"relations", c"1.0.0", c"Which relations an entity has, written in Rust",
    c"{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"most\":{\"type\":\"integer\",\"minimum\":1,\"default\":3}}}", &PANELS);

callboard_plugin!(PLUGIN);

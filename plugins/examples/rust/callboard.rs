//! callboard/plugin.h, version 1.0, for Rust: the structs as the header has them, and what makes them safe to use.
//!
//! Copy this file beside your plugin: `mod callboard;`. It needs no crate. Structs of the contract only grow at their ends, so it stays
//! right when callboard is newer. A call's texts and values live as long as the call, which the lifetimes say.
#![allow(dead_code)]

use std::ffi::{c_char, c_double, c_int, c_uint, c_void, CStr, CString};
use std::marker::PhantomData;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr;

pub const OK: c_int = 0;
pub const ABSENT: c_int = 1;
pub const FAILED: c_int = -1;
pub const EINVAL: c_int = -2;
pub const EUPSTREAM: c_int = -8;

/// Opaque things of the host.
#[repr(C)]
pub struct RawCall([u8; 0]);
#[repr(C)]
pub struct RawJson([u8; 0]);
#[repr(C)]
pub struct RawHttp([u8; 0]);

type Call_ = *mut RawCall;
type Json_ = *const RawJson;
type Http_ = *mut RawHttp;
type Text = *const c_char;

/// struct callboard_host: the members in the header's order, to where this file's version ends.
#[repr(C)]
pub struct RawHost {
    size: usize,
    minor: c_uint,
    ref_: extern "C" fn(Call_) -> Text,
    user: extern "C" fn(Call_) -> Text,
    annotation: extern "C" fn(Call_, Text) -> Text,
    entity: extern "C" fn(Call_) -> Json_,
    config: extern "C" fn(Call_) -> Json_,
    input: extern "C" fn(Call_) -> Json_,
    now_us: extern "C" fn(Call_) -> i64,
    left_ms: extern "C" fn(Call_) -> i64,
    cancelled: extern "C" fn(Call_) -> c_int,
    wait_ms: extern "C" fn(Call_, i64) -> c_int,
    fail: unsafe extern "C" fn(Call_, c_int, Text, ...) -> c_int,
    error: extern "C" fn(Call_) -> Text,
    log: unsafe extern "C" fn(Call_, c_int, Text, ...),
    mask: extern "C" fn(Call_, Text),
    type_: extern "C" fn(Json_, Text) -> c_int,
    get: extern "C" fn(Json_, Text) -> Json_,
    text: extern "C" fn(Json_, Text, Text) -> Text,
    number: extern "C" fn(Json_, Text, c_double) -> c_double,
    integer: extern "C" fn(Json_, Text, i64) -> i64,
    boolean: extern "C" fn(Json_, Text, c_int) -> c_int,
    count: extern "C" fn(Json_, Text) -> usize,
    at: extern "C" fn(Json_, usize) -> Json_,
    key_at: extern "C" fn(Json_, usize) -> Text,
    parse: extern "C" fn(Call_, Text, usize) -> Json_,
    dump: extern "C" fn(Call_, Json_, c_int) -> Text,
    format: unsafe extern "C" fn(Call_, Text, ...) -> Text,
    escape: extern "C" fn(Call_, Text) -> Text,
    hmac_sha256: extern "C" fn(Call_, Text, Text, usize) -> Text,
    same_text: extern "C" fn(Text, Text) -> c_int,
    begin_object: extern "C" fn(Call_, Text),
    begin_array: extern "C" fn(Call_, Text),
    end: extern "C" fn(Call_),
    put_text: extern "C" fn(Call_, Text, Text),
    put_textf: unsafe extern "C" fn(Call_, Text, Text, ...),
    put_integer: extern "C" fn(Call_, Text, i64),
    put_number: extern "C" fn(Call_, Text, c_double),
    put_boolean: extern "C" fn(Call_, Text, c_int),
    put_time: extern "C" fn(Call_, Text, i64),
    put_json: extern "C" fn(Call_, Text, Json_),
    reset: extern "C" fn(Call_),
    http: extern "C" fn(Call_, Text, Text) -> Http_,
    http_header: extern "C" fn(Http_, Text, Text),
    http_body: extern "C" fn(Http_, Text, Text, usize),
    http_cache: extern "C" fn(Http_, i64, i64),
    http_timeout: extern "C" fn(Http_, i64),
    http_send: extern "C" fn(Http_) -> c_int,
    http_text: extern "C" fn(Http_, *mut usize) -> Text,
    http_json: extern "C" fn(Http_) -> Json_,
    http_answer_header: extern "C" fn(Http_, Text) -> Text,
    http_age_s: extern "C" fn(Http_) -> i64,
    catalog_entity: extern "C" fn(Call_, Text) -> Json_,
    catalog_query: extern "C" fn(Call_, Text) -> Json_,
    location_register: extern "C" fn(Call_, Text, Text) -> c_int,
    git_export: extern "C" fn(Call_, Text, Text) -> c_int,
    git_publish: extern "C" fn(Call_, Text) -> Json_,
    workspace: extern "C" fn(Call_) -> Text,
    state_get: extern "C" fn(Call_, Text, *mut usize) -> Text,
    state_put: extern "C" fn(Call_, Text, Text, usize, i64) -> c_int,
    state_del: extern "C" fn(Call_, Text) -> c_int,
    metric_add: extern "C" fn(Call_, Text, c_double),
    metric_set: extern "C" fn(Call_, Text, c_double),
    emit: extern "C" fn(Call_, Text, usize) -> c_int,
    emit_location: extern "C" fn(Call_, Text) -> c_int,
}

pub type RawFn = extern "C" fn(*const RawHost, Call_) -> c_int;

/// struct callboard_panel. A table ends with PANEL_END.
#[repr(C)]
pub struct Panel {
    pub name: Text,
    pub title: Text,
    pub annotations: Text,
    pub kinds: Text,
    pub ttl_s: i64,
    pub stale_s: i64,
    pub deadline_ms: i64,
    pub render: Option<RawFn>,
    pub help: Text,
}
pub const PANEL_END: Panel = Panel {
    name: ptr::null(), title: ptr::null(), annotations: ptr::null(), kinds: ptr::null(),
    ttl_s: 0, stale_s: 0, deadline_ms: 0, render: None, help: ptr::null(),
};

/// struct callboard_plugin. Other tables than that of panels are left to who needs them: the header has their rows.
#[repr(C)]
pub struct Plugin {
    size: usize,
    major: c_uint,
    minor: c_uint,
    row_sizes: [usize; 5],
    name: Text,
    version: Text,
    summary: Text,
    config: Text,
    panels: *const Panel,
    panel_actions: *const c_void,
    actions: *const c_void,
    sources: *const c_void,
    routes: *const c_void,
    open: Option<RawFn>,
    close: Option<RawFn>,
}
unsafe impl Sync for Plugin {}
unsafe impl Sync for Panel {}

impl Plugin {
    pub const fn new(name: &'static CStr, version: &'static CStr, summary: &'static CStr, config: &'static CStr, panels: &'static [Panel]) -> Plugin {
        Plugin {
            size: size_of::<Plugin>(), major: 1, minor: 0,
            row_sizes: [size_of::<Panel>(), 0, 0, 0, 0], // of tables that there are not
            name: name.as_ptr(), version: version.as_ptr(), summary: summary.as_ptr(), config: config.as_ptr(), panels: panels.as_ptr(),
            panel_actions: ptr::null(), actions: ptr::null(), sources: ptr::null(), routes: ptr::null(), open: None, close: None,
        }
    }
}

/// A value of JSON that lives as long as its call; one that is not there is as good as any.
#[derive(Clone, Copy)]
pub struct Json<'a> {
    host: &'a RawHost,
    raw: Json_,
}

/// A text from the host, as Rust has them.
fn taken<'a>(text: Text) -> Option<&'a str> {
    if text.is_null() {
        return None;
    }
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}

fn given(text: &str) -> CString {
    CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default()
}

impl<'a> Json<'a> {
    pub fn get(self, pointer: &CStr) -> Json<'a> {
        Json { raw: (self.host.get)(self.raw, pointer.as_ptr()), ..self }
    }
    pub fn text(self, pointer: &CStr) -> Option<&'a str> {
        taken((self.host.text)(self.raw, pointer.as_ptr(), ptr::null()))
    }
    pub fn integer(self, pointer: &CStr, otherwise: i64) -> i64 {
        (self.host.integer)(self.raw, pointer.as_ptr(), otherwise)
    }
    pub fn iter(self) -> impl Iterator<Item = Json<'a>> {
        let n = (self.host.count)(self.raw, c"".as_ptr());
        (0..n).map(move |i| Json { raw: (self.host.at)(self.raw, i), ..self })
    }
}

/// A call under way. It stays on its thread: that is why it is neither Send nor Sync.
pub struct Call<'a> {
    host: &'a RawHost,
    raw: Call_,
    _stays: PhantomData<*mut ()>,
}

/// Why a call fails: a code and a sentence.
pub struct Failure(pub c_int, pub String);
pub enum Answer {
    Done,
    Absent,
}
pub type Render = fn(&Call) -> Result<Answer, Failure>;

impl<'a> Call<'a> {
    pub fn annotation(&self, key: &CStr) -> Option<&'a str> {
        taken((self.host.annotation)(self.raw, key.as_ptr()))
    }
    pub fn entity(&self) -> Json<'a> {
        Json { host: self.host, raw: (self.host.entity)(self.raw) }
    }
    pub fn config(&self) -> Json<'a> {
        Json { host: self.host, raw: (self.host.config)(self.raw) }
    }
    pub fn catalog_entity(&self, name: &str) -> Json<'a> {
        Json { host: self.host, raw: (self.host.catalog_entity)(self.raw, given(name).as_ptr()) }
    }
    pub fn metric_add(&self, name: &CStr, by: f64) {
        (self.host.metric_add)(self.raw, name.as_ptr(), by)
    }
    /// Remembers VALUE; an error is the host's sentence.
    pub fn state_put(&self, key: &str, value: &[u8], ttl_s: i64) -> Result<(), Failure> {
        match (self.host.state_put)(self.raw, given(key).as_ptr(), value.as_ptr().cast(), value.len(), ttl_s) {
            rc if rc < 0 => Err(Failure(rc, taken((self.host.error)(self.raw)).unwrap_or("").to_owned())),
            _ => Ok(()),
        }
    }
    pub fn put(&self, key: &CStr, text: &str) {
        (self.host.put_text)(self.raw, key.as_ptr(), given(text).as_ptr())
    }
    pub fn put_integer(&self, key: &CStr, i: i64) {
        (self.host.put_integer)(self.raw, key.as_ptr(), i)
    }
    /// What FILL puts, in a list called KEY.
    pub fn list(&self, key: &CStr, fill: impl FnOnce()) {
        (self.host.begin_array)(self.raw, key.as_ptr());
        fill();
        (self.host.end)(self.raw);
    }
    /// One object of a list.
    pub fn item(&self, fill: impl FnOnce()) {
        (self.host.begin_object)(self.raw, ptr::null());
        fill();
        (self.host.end)(self.raw);
    }
}

/// Runs RENDER; a panic fails this call alone, with its sentence, and not the process.
pub fn run(host: *const RawHost, raw: Call_, render: Render) -> c_int {
    let call = Call { host: unsafe { &*host }, raw, _stays: PhantomData };
    let failure = match catch_unwind(AssertUnwindSafe(|| render(&call))) {
        Ok(Ok(Answer::Done)) => return OK,
        Ok(Ok(Answer::Absent)) => return ABSENT,
        Ok(Err(failure)) => failure,
        Err(panic) => {
            let why = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied()).unwrap_or("it gave no reason");
            Failure(EINVAL, format!("the plugin panicked: {why}"))
        }
    };
    unsafe { (call.host.fail)(raw, failure.0, c"%s".as_ptr(), given(&failure.1).as_ptr()) }
}

/// `render!(name, function)`: NAME is FUNCTION as callboard calls it.
#[macro_export]
macro_rules! render {
    ($name:ident, $function:path) => {
        extern "C" fn $name(host: *const $crate::callboard::RawHost, call: *mut $crate::callboard::RawCall) -> std::ffi::c_int {
            $crate::callboard::run(host, call, $function)
        }
    };
}

/// `callboard_plugin!(PLUGIN)`: what every plugin exports.
#[macro_export]
macro_rules! callboard_plugin {
    ($plugin:ident) => {
        #[no_mangle]
        pub extern "C" fn callboard_plugin_v1() -> *const $crate::callboard::Plugin {
            &$plugin
        }
    };
}

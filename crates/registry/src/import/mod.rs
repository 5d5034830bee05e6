//! Imports: files of unions, employers, officers or members, checked row by row, then written in the background.
//!
//! ```text
//! upload → draft → (check) checking → checked → (run) running → done
//!                                       stopped by a person: cancelled, by a fault: failed; both go on with (resume)
//! ```
//!
//! Invariants:
//! * an import is an ordered [`sequence`] of rows that depends on its files alone; `position` points behind the last row
//!   that was judged, and `added + unchanged + rejected = position` (a database constraint);
//! * the [`drive`]r writes chunk by chunk, each with its counts, faults and events in one transaction behind a fence: a
//!   process killed at any moment is resumed to the identical end, two workers never write the same row, and the same
//!   file again adds nothing;
//! * a check judges exactly as a run does and writes no personal data; where the database has changed between them, the
//!   run decides;
//! * a fault says in Chinese what to do and holds nothing of the cell; the error file is made of the source file again.
//!
//! A kind of import is one [`Sequence`](sequence::Sequence): [`roster`] for members, [`register`] for unions, employers
//! and officers. What is common to all kinds is
//! here: [`fields`] and [`columns`] (which heading means which field), [`source`] (the rows of a file), [`values`].

pub mod adjust;
pub mod cancel;
pub mod columns;
pub mod create;
pub mod drive;
pub mod entity;
pub mod error_file;
pub mod fault_entity;
pub mod fields;
pub mod file_entity;
pub mod find;
pub mod finish;
pub mod jobs;
pub mod list;
pub mod pace;
pub mod preview;
pub mod register;
pub mod roster;
pub mod sequence;
pub mod shape;
pub mod source;
pub mod stage;
pub mod start;
pub mod template;
pub mod values;
pub mod words;

use kernel::Routes;

kernel::refusals! {
    /// The import is not in a state in which this can be done.
    IMPORT_STATE = "import.state", CONFLICT, "这次导入现在不能这样操作，请刷新页面，按当前状态继续办理。";
    /// The files do not make an import of this kind.
    IMPORT_FILES = "import.files", UNPROCESSABLE_ENTITY, "文件与导入类型不符：会员名册一次导入一个文件，工会名录可以有 1 到 6 个工会、用人单位或干部文件。请重新选择文件。";
    /// A required field has no column.
    IMPORT_COLUMNS_MISSING = "import.columns_missing", UNPROCESSABLE_ENTITY, "还有必填的内容没有对应的列，请在“核对列”里选好后再检查。";
    /// A column does not exist, or is given to two fields.
    IMPORT_COLUMNS_WRONG = "import.columns_wrong", UNPROCESSABLE_ENTITY, "列的对应关系不对：选的列不存在，或者同一列选了两次。请重新选择。";
    /// There is no row of data.
    IMPORT_NO_ROWS = "import.no_rows", UNPROCESSABLE_ENTITY, "表头下面没有数据行，请检查工作表和表头所在的行。";
    /// The files were deleted after their time.
    IMPORT_FILE_GONE = "import.file_gone", CONFLICT, "这次导入的文件已经过了保留期限，按规定删除了。请重新上传文件，建立新的导入。";
    /// A person stands in the file twice.
    ROW_TWICE = "import.row_twice", UNPROCESSABLE_ENTITY, "这个证件号码在前面的行已经有了；请核对后删除其中一行。";
    /// The person is an active member of another union.
    MEMBER_ELSEWHERE = "import.member_elsewhere", CONFLICT, "这位职工在另一个工会有在册会籍，不能重复入会；请先在原工会办理转出，再导入这一行。";
    /// The person of this ID number, or the union or employer of this code, is known under another name.
    NAME_DIFFERS = "import.name_differs", CONFLICT, "这个号码已经登记，但姓名（名称）与登记的不一致；请对照证件核对姓名（名称）和号码。";
    /// The row names no union, and the import's own takes no members.
    UNION_MISSING = "import.union_missing", UNPROCESSABLE_ENTITY, "没有写明所属工会；请填写工会全称或以 81 开头的代码。";
    /// No union within reach of the import has this name or code.
    UNION_UNKNOWN = "import.union_unknown", UNPROCESSABLE_ENTITY, "在本次导入的范围内没有找到这个工会；请核对全称或代码，还没有登记的先导入工会名录。";
    /// Several unions have this name.
    UNION_AMBIGUOUS = "import.union_ambiguous", UNPROCESSABLE_ENTITY, "有多个工会符合这个名称，不能确定是哪一个；请改填以 81 开头的 18 位工会代码。";
    /// The union does not stand (yet, or any more).
    UNION_NOT_ESTABLISHED = "import.union_not_established", CONFLICT, "这个工会还没有批准建会，或者已经撤销，不能接收会员；请核对工会，或先办完建会手续。";
    /// The union is a federation: members belong to the unions below it.
    UNION_TAKES_NO_MEMBERS = "import.union_takes_no_members", UNPROCESSABLE_ENTITY, "这一级工会不直接接收会员；请填写职工所在的基层工会。";
    /// No employer covered by the union, or by a union within reach, has this name or code.
    EMPLOYER_UNKNOWN = "import.employer_unknown", UNPROCESSABLE_ENTITY, "没有找到由该工会覆盖的这个单位；请核对单位全称或统一社会信用代码，或者清空这一格、只按工会导入。";
    /// Several employers have this name.
    EMPLOYER_AMBIGUOUS = "import.employer_ambiguous", UNPROCESSABLE_ENTITY, "有多个单位叫这个名称，不能确定是哪一个；请改填 18 位统一社会信用代码。";
    /// A required cell is empty.
    CELL_EMPTY = "import.cell_empty", UNPROCESSABLE_ENTITY, "必填的内容没有填写，请补上后重新导入这一行。";
    /// A cell holds more than any field can.
    CELL_LONG = "import.cell_long", UNPROCESSABLE_ENTITY, "这一格的内容太长（超过 1,000 字），请改正后重新导入这一行。";
    /// A cell holds control or hidden characters.
    CELL_CHARACTERS = "import.cell_characters", UNPROCESSABLE_ENTITY, "这一格里有看不见的控制字符，请删除后手工重新输入。";
    /// A long number was rounded by the spreadsheet program.
    CELL_ROUNDED = "import.cell_rounded", UNPROCESSABLE_ENTITY, "这一格的号码超过 15 位，已被表格软件舍去后几位；请先把整列设为“文本”，再重新填写完整号码。";
    /// A cell holds an error of the spreadsheet program.
    CELL_ERROR = "import.cell_error", UNPROCESSABLE_ENTITY, "这一格是公式错误（如 #N/A），请改填实际内容。";
    /// A day that cannot be read.
    DATE = "import.date", UNPROCESSABLE_ENTITY, "日期看不懂，请按“2020-05-01”的样子填写。";
    /// A day after the day of the import.
    DATE_FUTURE = "import.date_future", UNPROCESSABLE_ENTITY, "日期在导入当天之后，请核对后改正。";
    /// Somebody joined before he was born.
    JOINED_BEFORE_BIRTH = "import.joined_before_birth", UNPROCESSABLE_ENTITY, "入会日期早于出生日期，请核对后改正。";
    /// No such form of employment.
    EMPLOYMENT_FORM = "import.employment_form", UNPROCESSABLE_ENTITY, "用工形式看不懂，请填写劳动合同、劳务派遣、新就业形态或灵活就业。";
    /// No such kind of platform work.
    WORK = "import.work", UNPROCESSABLE_ENTITY, "从事工作看不懂，请填写外卖配送员、快递员、网约车司机、货车司机、家政服务员或其他平台劳动者。";
    /// Neither of the two sexes.
    SEX = "import.sex", UNPROCESSABLE_ENTITY, "性别请填写“男”或“女”，也可以不填。";
    /// The sex is not that of the document's number.
    SEX_DIFFERS = "import.sex_differs", UNPROCESSABLE_ENTITY, "性别与证件号码不一致，请对照证件核对这两格。";
    /// The day of birth is not that of the document's number.
    BIRTH_DIFFERS = "import.birth_differs", UNPROCESSABLE_ENTITY, "出生日期与证件号码不一致，请对照证件核对这两格。";
    /// No such kind of document.
    ID_KIND = "import.id_kind", UNPROCESSABLE_ENTITY, "证件类型请填写居民身份证、港澳台居民居住证或外国人永久居留身份证，也可以不填。";
    /// The kind of document is not that of its number.
    ID_KIND_DIFFERS = "import.id_kind_differs", UNPROCESSABLE_ENTITY, "证件类型与证件号码不一致，请对照证件核对这两格。";
}

/// Routes of this slice. One route serves both kinds of import, so the verb asks for the permission of the kind.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("import")
        .download("/api/imports/template", "Hands out the template of a part")
        .signed_in()
        .sends(template::template)
        .upload("/api/imports/files", "Takes in a file to be imported")
        .signed_in()
        .receives(stage::stage)
        .post("/api/imports", "Makes an import of staged files")
        .signed_in()
        .runs(create::create)
        .get("/api/imports", "Lists imports within the caller's reach and his own, newest first")
        .signed_in()
        .runs(list::list)
        .get("/api/imports/{id}", "Shows one import")
        .signed_in()
        .runs(list::one)
        .get("/api/imports/{id}/faults", "Lists the rejected rows of an import")
        .signed_in()
        .runs(list::faults)
        .download("/api/imports/{id}/error-file", "Hands out the rejected rows of an import, logged")
        .signed_in()
        .sends(error_file::error_file)
        .post("/api/imports/{id}/columns", "Adjusts the columns of a file")
        .signed_in()
        .runs(adjust::adjust)
        .post("/api/imports/{id}/check", "Checks every row in the background, writes nothing")
        .signed_in()
        .runs(start::check)
        .post("/api/imports/{id}/run", "Writes the rows in the background")
        .signed_in()
        .runs(start::run)
        .post("/api/imports/{id}/cancel", "Stops an import")
        .signed_in()
        .runs(cancel::cancel)
        .post("/api/imports/{id}/resume", "Goes on with an import that was stopped")
        .signed_in()
        .runs(start::resume)
}

//! The file to be filled with shops.

use kernel::routes::Download;
use kernel::sheet::{Format, WriterOptions};
use kernel::{Cx, Result};
use registry::import::words::SheetFormat;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::sheets::{download, written};

/// Headings of the columns, each with the names by which it is known; what must be filled in comes first.
pub(super) const HEADINGS: [&[&str]; 9] = [
    &["门店编号", "编号"],
    &["门店名称", "名称"],
    &["区划", "所在区划", "行政区划"],
    &["地址", "门店地址"],
    &["开门时间", "开门"],
    &["关门时间", "关门"],
    &["休息日"],
    &["经度"],
    &["纬度"],
];
/// How many of them must be there.
pub(super) const REQUIRED: usize = 6;
const EXAMPLE: [&str; 9] = [
    "示例001",
    "示例餐饮第一店（示例行，不会导入）",
    "棠下镇",
    "示例路 1 号",
    "09:00",
    "21:00",
    "7",
    "113.081901",
    "22.578738",
];
/// How an example's code begins; such rows are passed over.
pub(super) const EXAMPLE_CODE: &str = "示例001";

/// As which file.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ShopTemplateInput {
    /// As which file.
    pub format: SheetFormat,
}

/// Hands out the template.
///
/// # Errors
/// A folder for temporary files that is full.
pub async fn template(_cx: Cx, input: ShopTemplateInput) -> Result<Download> {
    let format = Format::from(input.format);
    let heading = |(n, names): (usize, &&[&str])| {
        let star = if n < REQUIRED { "*" } else { "" };
        format!("{}{star}", names.first().copied().unwrap_or_default())
    };
    let headings: Vec<String> = HEADINGS.iter().enumerate().map(heading).collect();
    let example = EXAMPLE.iter().map(|cell| (*cell).to_owned()).collect();
    let options = WriterOptions {
        sheet_name: "门店".to_owned(),
        widths: vec![14, 30, 16, 36, 12, 12, 10, 14, 14],
        notes: notes(),
        ..WriterOptions::default()
    };
    let bytes = written(format, options, vec![headings, example]).await?;
    Ok(download(format!("门店导入模板.{}", format.extension()), format, bytes))
}

fn notes() -> Vec<String> {
    [
        "门店导入模板填写说明",
        "带 * 的列必须填写。示例行请删除；不删也不会被导入。",
        "门店编号：商户自己的编号，同一商户不能重复；已经有的编号不会再导入。",
        "区划：本市的写镇街或县区名称，例如棠下镇、蓬江区；外市的写县级区划的 6 位代码，例如 440106。",
        "开门时间、关门时间：写成 09:00、21:00；全天营业写 00:00 和 24:00。",
        "休息日：星期的数字，1 是星期一，7 是星期日；天天营业的留空。",
        "经度、纬度：手机定位（WGS 84）的度数，保留六位小数；没有的都留空，会员按区划找到门店。",
    ]
    .map(str::to_owned)
    .to_vec()
}

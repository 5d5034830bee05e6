//! Dated parameters that this floor declares; their values stand in the table.

use kernel::parameter::Parameter;

/// Every parameter of the floor, for seeding and for the administrators' list.
#[must_use]
pub fn parameters() -> Vec<Parameter> {
    let slices: Vec<&[Parameter]> = vec![
        // One slice a line.
        crate::counter::PARAMETERS,
        crate::merchant::parameters::PARAMETERS,
        crate::points::PARAMETERS,
    ];
    slices.concat()
}

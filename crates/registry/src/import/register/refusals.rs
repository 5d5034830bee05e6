//! Why a row of a register is not taken, beyond what the rules of unions, employers and persons refuse themselves.

kernel::refusals! {
    /// The kind of the union is none that is known.
    KIND = "import.kind", UNPROCESSABLE_ENTITY, "工会类型认不出，请填写单独基层工会、联合基层工会、行业工会、产业工会、镇街工会联合会、镇街总工会、县级总工会之一。";
    /// The title of the office is none that is known.
    TITLE = "import.title", UNPROCESSABLE_ENTITY, "职务认不出，请填写主席、副主席、经费审查委员会主任、女职工委员会主任、委员、组织员之一。";
    /// The parent union is neither in the database, within the import's union, nor in the files.
    PARENT_UNKNOWN = "import.parent_unknown", UNPROCESSABLE_ENTITY, "找不到上级工会：系统里本次导入的范围内和所附文件里都没有，请核对全称或代码。";
    /// The parent's own row in the files was not taken.
    PARENT_REJECTED = "import.parent_rejected", UNPROCESSABLE_ENTITY, "上级工会自己的那一行没有通过，请先改好那一行，再一起导入。";
    /// Rows of the files are each other's parents.
    PARENT_CYCLE = "import.parent_cycle", UNPROCESSABLE_ENTITY, "上下级绕成了圈，请核对这几行的上级工会。";
    /// The union is there under another parent.
    PARENT_DIFFERS = "import.parent_differs", CONFLICT, "系统里已有这个工会，但上级不同。导入不改隶属关系，请核对；确实变了的，请在它的页面办理变更隶属。";
    /// The union is there as another kind.
    KIND_DIFFERS = "import.kind_differs", CONFLICT, "系统里已有这个工会，但类型不同，请核对后改正这一行。";
    /// The union is there with another code.
    CODE_DIFFERS = "import.code_differs", CONFLICT, "系统里同名的工会登记的是另一个代码，请对照工会法人资格证书核对。";
    /// The union is there, but its founding is not decided yet.
    FOUNDING = "import.founding", CONFLICT, "同名或同代码的工会正在申请建会，请先办结那件申请，再导入这一行。";
    /// The city federation is made when the system is set up, not by an import.
    ROOT = "import.root", CONFLICT, "市总工会在系统启用时建立，不能导入，请删去这一行。";
    /// An earlier row of the files has the same name.
    DUPLICATE_NAME = "import.duplicate_name", CONFLICT, "所附文件里有两行同名，请核对后只留一行。";
    /// An earlier row of the files has the same code.
    DUPLICATE_CODE = "import.duplicate_code", CONFLICT, "所附文件里有两行用了同一个代码，请核对后只留一行。";
    /// An earlier row of the files names the same person for the same office.
    DUPLICATE_OFFICE = "import.duplicate_office", CONFLICT, "所附文件里有两行写了同一个人的同一职务，请核对后只留一行。";
    /// Two rows of the files say different things about a union and its employer.
    CONTRADICTION = "import.contradiction", CONFLICT, "所附文件里两行对工会和单位的对应写得不一致，请核对后改成一致。";
    /// The row of the union that this row names was not taken.
    UNION_REJECTED = "import.union_rejected", UNPROCESSABLE_ENTITY, "所填工会自己的那一行没有通过，请先改好那一行，再一起导入。";
    /// The row of the employer that this row names was not taken.
    EMPLOYER_REJECTED = "import.employer_rejected", UNPROCESSABLE_ENTITY, "所填单位自己的那一行没有通过，请先改好那一行，再一起导入。";
    /// No division has this name or code.
    DIVISION = "import.division", UNPROCESSABLE_ENTITY, "找不到这个区、市或镇街，请填写它的全称或行政区划代码。";
    /// Several divisions have this name.
    DIVISION_UNCLEAR = "import.division_unclear", UNPROCESSABLE_ENTITY, "有几个同名的镇街，请写上所在的区或市，或改填行政区划代码。";
    /// A file of the register has more rows than can be put in order.
    TOO_MANY_ROWS = "import.too_many_rows", UNPROCESSABLE_ENTITY, "名录的一个文件最多 60,000 行，请拆成几个文件，再一起导入。";
}

//! The closed sets of words that fields of facts hold.

use crate::closed_set;

closed_set! {
    /// Which side of the body.
    pub enum Side {
        #[default]
        Left = "left",
        Right = "right",
        Bilateral = "bilateral",
    }
}

closed_set! {
    /// Where a drug stands in the treatment.
    pub enum MedicationStatus {
        #[default]
        Current = "current",
        Past = "past",
        Planned = "planned",
        NotTaken = "not_taken",
        Allergy = "allergy",
    }
}

closed_set! {
    /// How a drug is given.
    pub enum Route {
        #[default]
        Po = "po",
        Iv = "iv",
        Im = "im",
        Sc = "sc",
        Topical = "topical",
        Transdermal = "transdermal",
        Intrathecal = "intrathecal",
        Epidural = "epidural",
        Inhaled = "inhaled",
        Other = "other",
    }
}

closed_set! {
    /// How a treatment worked.
    pub enum Outcome {
        #[default]
        Helpful = "helpful",
        Partial = "partial",
        NotHelpful = "not_helpful",
        NotTolerated = "not_tolerated",
    }
}

closed_set! {
    /// An interventional pain procedure.
    pub enum Procedure {
        #[default]
        Epidural = "epidural",
        TransforaminalEpidural = "transforaminal_epidural",
        InterlaminarEpidural = "interlaminar_epidural",
        CaudalEpidural = "caudal_epidural",
        FacetJoint = "facet_joint",
        MedialBranchBlock = "medial_branch_block",
        SiJoint = "si_joint",
        Piriformis = "piriformis",
        TriggerPoint = "trigger_point",
        PeripheralNerveBlock = "peripheral_nerve_block",
        SympatheticBlock = "sympathetic_block",
        Joint = "joint",
        Bursa = "bursa",
        Botox = "botox",
        Rfa = "rfa",
        Discogram = "discogram",
        Stimulator = "stimulator",
        Pump = "pump",
        Vertebroplasty = "vertebroplasty",
        Other = "other",
    }
}

impl Procedure {
    /// Whether it goes into the epidural space, by whatever way.
    pub fn is_epidural(self) -> bool {
        matches!(
            self,
            Procedure::Epidural
                | Procedure::TransforaminalEpidural
                | Procedure::InterlaminarEpidural
                | Procedure::CaudalEpidural
        )
    }
}

closed_set! {
    /// Whether a test or procedure took place.
    pub enum EventStatus {
        #[default]
        Performed = "performed",
        Planned = "planned",
        NotDone = "not_done",
    }
}

closed_set! {
    /// What a block is meant for.
    pub enum Intent {
        #[default]
        Diagnostic = "diagnostic",
        Therapeutic = "therapeutic",
    }
}

closed_set! {
    /// How much relief, in words.
    pub enum Relief {
        #[default]
        Complete = "complete",
        Partial = "partial",
        None = "none",
    }
}

closed_set! {
    /// What an electrodiagnostic study showed.
    pub enum EmgResult {
        #[default]
        Normal = "normal",
        Abnormal = "abnormal",
        Equivocal = "equivocal",
    }
}

closed_set! {
    /// A sign on examination.
    pub enum Sign {
        #[default]
        IliacCrestTenderness = "iliac_crest_tenderness",
        SiJointTenderness = "si_joint_tenderness",
        FacetLoading = "facet_loading",
        StraightLegRaise = "straight_leg_raise",
        Faber = "faber",
        Tinel = "tinel",
        Spurling = "spurling",
        Gaenslen = "gaenslen",
        TriggerPoint = "trigger_point",
        OtherProvocation = "other_provocation",
    }
}

closed_set! {
    /// Whether a sign is there.
    pub enum SignPolarity {
        #[default]
        Positive = "positive",
        Negative = "negative",
    }
}

closed_set! {
    /// How a picture was made.
    pub enum Modality {
        #[default]
        Mri = "mri",
        Ct = "ct",
        Xray = "xray",
        Ultrasound = "ultrasound",
        BoneScan = "bone_scan",
        Myelogram = "myelogram",
        Other = "other",
    }
}

closed_set! {
    /// What a picture shows.
    pub enum Region {
        #[default]
        Cervical = "cervical",
        Thoracic = "thoracic",
        Lumbar = "lumbar",
        Sacral = "sacral",
        Hip = "hip",
        Knee = "knee",
        Shoulder = "shoulder",
        Brain = "brain",
        Pelvis = "pelvis",
        Other = "other",
    }
}

closed_set! {
    /// How severe a finding is.
    pub enum Severity {
        #[default]
        Minimal = "minimal",
        Mild = "mild",
        Moderate = "moderate",
        Severe = "severe",
    }
}

closed_set! {
    /// Whether a finding is there.
    pub enum FindingPolarity {
        #[default]
        Present = "present",
        Absent = "absent",
    }
}

closed_set! {
    /// A treatment without drugs or needles.
    pub enum TherapyKind {
        #[default]
        PhysicalTherapy = "physical_therapy",
        HomeExercise = "home_exercise",
        Cbt = "cbt",
        Chiropractic = "chiropractic",
        Acupuncture = "acupuncture",
        Massage = "massage",
        Tens = "tens",
        Aquatic = "aquatic",
        Brace = "brace",
        Other = "other",
    }
}

closed_set! {
    /// Where a therapy stands.
    pub enum TherapyStatus {
        #[default]
        Current = "current",
        Past = "past",
        Planned = "planned",
        NotDone = "not_done",
    }
}

closed_set! {
    /// Which pain a score tells of.
    pub enum PainQualifier {
        #[default]
        Current = "current",
        Worst = "worst",
        Best = "best",
        Average = "average",
        WithActivity = "with_activity",
        AfterProcedure = "after_procedure",
        Range = "range",
    }
}

closed_set! {
    /// A disability questionnaire.
    pub enum Instrument {
        #[default]
        Odi = "odi",
        Ndi = "ndi",
        Rmdq = "rmdq",
        Pdi = "pdi",
        Other = "other",
    }
}

closed_set! {
    /// What a disability score counts.
    pub enum ScoreUnit {
        #[default]
        Percent = "percent",
        Points = "points",
    }
}

closed_set! {
    /// How sure a diagnosis is.
    pub enum DiagnosisCertainty {
        #[default]
        Confirmed = "confirmed",
        Suspected = "suspected",
        RuledOut = "ruled_out",
    }
}

closed_set! {
    /// Something people do.
    pub enum Activity {
        #[default]
        Standing = "standing",
        Walking = "walking",
        Sitting = "sitting",
        Lying = "lying",
        Lifting = "lifting",
        Bending = "bending",
        Sleep = "sleep",
        Work = "work",
        Adl = "adl",
        Stairs = "stairs",
        Driving = "driving",
        Sports = "sports",
        Other = "other",
    }
}

closed_set! {
    /// How far an activity is limited.
    pub enum Limitation {
        #[default]
        Unable = "unable",
        Limited = "limited",
        Independent = "independent",
    }
}

closed_set! {
    /// One of the essential Nantes criteria.
    pub enum NantesCriterion {
        #[default]
        PudendalTerritory = "pudendal_territory",
        WorseSitting = "worse_sitting",
        NoNightWaking = "no_night_waking",
        NoSensoryLoss = "no_sensory_loss",
        BlockRelief = "block_relief",
    }
}

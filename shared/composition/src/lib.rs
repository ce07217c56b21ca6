//! Many calls, one answer: shape, project, plan, run, outcome, and the faces.

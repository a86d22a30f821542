//! Calls of the ECS API that were refused or could do only a part.

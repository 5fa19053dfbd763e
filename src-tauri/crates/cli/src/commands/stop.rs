//! `tripledash stop`: the dev server of a branch, in whatever engine has the folder open.

use http::Method;

use super::branch::{Named, Place, ambiguous, named, unknown};
use crate::arguments::Stop;
use crate::output::{self, Ending};
use crate::signals::run;

pub(crate) fn stop(asked: &Stop) -> Ending {
    run(async {
        let place = match Place::of(&asked.folder).await {
            Ok(place) => place,
            Err(ending) => return ending,
        };
        let Some((client, state)) = place.engine else {
            return output::refuse(format_args!(
                "no engine has {} open",
                place.folder.display()
            ));
        };
        let name = match named(&state, &asked.branch) {
            Named::One(name) => name,
            Named::Several(names) => return ambiguous(&asked.branch, &names),
            Named::Nobody => return unknown(&state, &asked.branch, &place.folder),
        };
        let path = format!("/workspace/previews/{name}/stop");
        match client.ask(Method::POST, &path, None).await {
            Ok(_) => Ending::Good,
            Err(error) => output::error(&error),
        }
    })
}

//! Commands that go on until they are cancelled.

use crate::clock::millis;
use crate::command::print;
use crate::command::watch::Watch;
use crate::hotspot::expiry;
use crate::session::conn::{Conn, Gone};
use crate::session::deliver::{self, Progress};
use crate::sync::lock;

/// Sends rows until the command is cancelled.
pub(super) async fn run(conn: &Conn, watch: Watch, progress: &Progress) -> Result<(), Gone> {
    match watch {
        Watch::Changes(mut changes) => loop {
            let change = tokio::select! {
                biased;
                () = progress.cancel.cancelled() => return Ok(()),
                () = conn.kill.cancelled() => return Err(Gone),
                change = changes.recv() => change,
            };
            let Some(sentence) = change else {
                conn.shared.transcript.event(conn.id, "listener too slow");
                conn.close().await;
                return Err(Gone);
            };
            conn.send(&sentence).await?;
        },
        Watch::Rows {
            rows,
            period,
            since,
        } => {
            let clock = lock(&conn.shared.router).clock.clone();
            let mut at = since;
            for row in rows.iter().cycle() {
                tokio::select! {
                    biased;
                    () = progress.cancel.cancelled() => return Ok(()),
                    () = conn.kill.cancelled() => return Err(Gone),
                    () = clock.reaches(at) => {}
                }
                deliver::plainly(conn, row.clone(), progress).await?;
                at = at.saturating_add(millis(period));
            }
            // Without rows there is nothing to tell until it is cancelled.
            progress.cancel.cancelled().await;
            Ok(())
        }
        Watch::Every {
            view,
            period,
            since,
        } => {
            let clock = lock(&conn.shared.router).clock.clone();
            let mut at = since;
            for section in 1.. {
                at = at.saturating_add(millis(period));
                tokio::select! {
                    biased;
                    () = progress.cancel.cancelled() => return Ok(()),
                    () = conn.kill.cancelled() => return Err(Gone),
                    () = clock.reaches(at) => {}
                }
                let rows = {
                    let mut router = lock(&conn.shared.router);
                    expiry::tick(&mut router);
                    print::section(&router, &view, section)
                };
                deliver::plainly(conn, rows, progress).await?;
            }
            Ok(())
        }
    }
}

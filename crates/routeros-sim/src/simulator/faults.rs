//! Making things go wrong.

use crate::fault::Fault;
use crate::fault::armed::{FaultId, FaultState};
use crate::simulator::Simulator;

#[expect(
    clippy::must_use_candidate,
    reason = "these act on the router; what they return is often of no interest"
)]
impl Simulator {
    /// Arms a fault.
    pub fn inject(&self, fault: Fault) -> FaultId {
        self.parts().shared.faults.arm(fault)
    }

    /// Lets go what a hold keeps, now and later. Whether there is such a fault.
    pub fn release(&self, id: FaultId) -> bool {
        self.parts().shared.faults.release(id)
    }

    /// Forgets a fault, letting go what it holds. Whether there was one.
    pub fn clear_fault(&self, id: FaultId) -> bool {
        self.parts().shared.faults.clear(id)
    }

    /// Forgets all faults, letting go what they hold.
    pub fn clear_faults(&self) {
        self.parts().shared.faults.clear_all();
    }

    /// The faults and what became of them.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultState> {
        self.parts().shared.faults.list()
    }

    /// How often a fault happened.
    #[must_use]
    pub fn hits(&self, id: FaultId) -> u32 {
        let faults = self.faults();
        let found = faults.iter().find(|state| state.id == id);
        found.map_or(0, |state| state.hits)
    }

    /// Waits until a hold keeps at least so many commands, without a deadline of its own.
    pub async fn holding(&self, id: FaultId, commands: usize) {
        if let Some(mut holding) = self.parts().shared.faults.holding(id) {
            // Ends early only when the fault was cleared: then nothing will be held.
            let _cleared = holding.wait_for(|count| *count >= commands).await;
        }
    }
}

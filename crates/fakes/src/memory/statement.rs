//! One statement of a unit of work.

use std::sync::MutexGuard;

use ports::store::Scope;
use ports::store::error::StoreError;

use crate::memory::data::{Data, Kept, Writes};
use crate::memory::integrity::Checked;
use crate::memory::rows::{Owner, Row};

/// What a unit of work carries from statement to statement.
#[derive(Debug)]
pub(super) struct UnitState {
    pub(super) number: u64,
    pub(super) scope: Scope,
    pub(super) writes: Writes,
    /// Set by the first refused statement: like Postgres, nothing but a rollback works then.
    pub(super) is_aborted: bool,
}

impl UnitState {
    /// Whether this unit may see and write the row.
    fn reaches<R: Row>(&self, row: &R) -> bool {
        match (&self.scope, row.owner()) {
            (Scope::Platform, _) => true,
            (Scope::Tenant(tenant), Owner::Tenant(owner)) => tenant == owner,
            (Scope::Tenant(_), Owner::Platform) => false,
        }
    }
}

/// The committed rows and one unit's changes, for the length of one statement.
pub(super) struct Statement<'a> {
    data: MutexGuard<'a, Data>,
    unit: &'a mut UnitState,
}

impl<'a> Statement<'a> {
    pub(super) fn new(data: MutexGuard<'a, Data>, unit: &'a mut UnitState) -> Self {
        Self { data, unit }
    }

    /// A row of the unit's scope.
    pub(super) fn get<R: Kept>(&self, key: &R::Key) -> Option<&R> {
        R::view(&self.data.database, &self.unit.writes)
            .get(key)
            .filter(|row| self.unit.reaches(*row))
    }

    /// All rows of the unit's scope, by key.
    pub(super) fn rows<R: Kept>(&self) -> impl Iterator<Item = (&R::Key, &R)> {
        R::view(&self.data.database, &self.unit.writes)
            .iter()
            .filter(|(_key, row)| self.unit.reaches(*row))
    }

    /// Whether no other running unit has written the row; claims skip such rows.
    pub(super) fn is_free<R: Row>(&self, key: &R::Key) -> bool {
        let holder =
            R::claim_number(key).and_then(|number| self.data.held.get(&(R::TABLE, number)));
        holder.is_none_or(|holder| *holder == self.unit.number)
    }

    /// The next number of the kind's sequence.
    pub(super) fn next_number<R: Row>(&mut self) -> i64 {
        self.data.next_number(R::TABLE)
    }

    /// Stores a new row.
    pub(super) fn insert<R: Kept + Checked>(
        &mut self,
        key: &R::Key,
        row: R,
    ) -> Result<(), StoreError> {
        let taken = R::view(&self.data.database, &self.unit.writes)
            .get(key)
            .is_some();
        if taken {
            self.unit.is_aborted = true;
            return Err(StoreError::Conflict {
                constraint: R::KEY_CONSTRAINT.to_owned(),
            });
        }
        self.put(key, row)
    }

    /// Writes a row, new or not.
    pub(super) fn put<R: Kept + Checked>(
        &mut self,
        key: &R::Key,
        row: R,
    ) -> Result<(), StoreError> {
        let allowed = if self.unit.reaches(&row) {
            row.check(key, &self.data.database, &self.unit.writes)
        } else {
            Err(StoreError::Internal(
                format!("row of {} violates row-level security", R::TABLE).into(),
            ))
        };
        if allowed.is_err() {
            self.unit.is_aborted = true;
            return allowed;
        }
        self.note(key, Some(row));
        Ok(())
    }

    /// Changes a row of the unit's scope; `false` if there is none, or `change` says so.
    pub(super) fn update<R: Kept + Checked>(
        &mut self,
        key: &R::Key,
        change: impl FnOnce(&mut R) -> bool,
    ) -> Result<bool, StoreError> {
        let Some(mut row) = self.get::<R>(key).cloned() else {
            return Ok(false);
        };
        if !change(&mut row) {
            return Ok(false);
        }
        self.put(key, row).map(|()| true)
    }

    /// Takes a row's lock: a unit that locks or writes the same row and commits first makes this
    /// one's commit fail.
    pub(super) fn lock<R: Kept>(&mut self, key: &R::Key) -> Option<R> {
        let row = self.get::<R>(key).cloned()?;
        self.note(key, Some(row.clone()));
        Some(row)
    }

    /// Deletes a row of the unit's scope; `false` if there is none.
    pub(super) fn remove<R: Kept + Checked>(&mut self, key: &R::Key) -> Result<bool, StoreError> {
        if self.get::<R>(key).is_none() {
            return Ok(false);
        }
        if let Err(refused) = R::check_removal(key, &self.data.database, &self.unit.writes) {
            self.unit.is_aborted = true;
            return Err(refused);
        }
        self.note(key, None::<R>);
        Ok(true)
    }

    /// Deletes every row that is asked for; answers how many.
    pub(super) fn remove_where<R: Kept + Checked>(
        &mut self,
        unwanted: impl Fn(&R::Key, &R) -> bool,
    ) -> Result<u64, StoreError> {
        let keys: Vec<R::Key> = self
            .rows::<R>()
            .filter(|(key, row)| unwanted(key, row))
            .map(|(key, _row)| key.clone())
            .collect();
        let mut removed = 0;
        for key in keys {
            removed += u64::from(self.remove::<R>(&key)?);
        }
        Ok(removed)
    }

    /// Changes every row for which `change` says so; answers how many.
    pub(super) fn update_where<R: Kept + Checked>(
        &mut self,
        mut change: impl FnMut(&mut R) -> bool,
    ) -> Result<u64, StoreError> {
        let all: Vec<(R::Key, R)> = self
            .rows::<R>()
            .map(|(key, row)| (key.clone(), row.clone()))
            .collect();
        let mut changed = 0;
        for (key, mut row) in all {
            if change(&mut row) {
                self.put(&key, row)?;
                changed += 1;
            }
        }
        Ok(changed)
    }

    /// Writes a row that has no rules.
    pub(super) fn note<R: Kept>(&mut self, key: &R::Key, row: Option<R>) {
        let data = &mut *self.data;
        if let Some(number) = R::claim_number(key) {
            data.held
                .entry((R::TABLE, number))
                .or_insert(self.unit.number);
        }
        R::changes_mut(&mut self.unit.writes).note(R::table(&data.database), key, row);
    }
}

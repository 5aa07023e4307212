-- Sign-ins that were tried lately, counted for all API processes together. Unlogged: after a crash the counting begins
-- anew, which costs nobody anything, and a flood of guesses writes no log. Keys are digests: people type passwords into name fields.
create unlogged table sign_in_attempt (
  key text primary key,
  tries integer not null,
  until timestamptz not null
);
create index sign_in_attempt_until_idx on sign_in_attempt (until);

alter table session add column via text not null default 'session' check (via in ('session', 'code'));
comment on column session.via is 'How it was opened: with name and password, or with the sign-in link of a start.';

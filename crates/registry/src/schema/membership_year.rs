//! The table behind the numbers of members, kept by the engine itself, and the indexes that take it to any day.

/// What a union gained in a year: a membership counts one in the year in which it began and takes one away in the year
/// in which it ended; one that ended before it had lasted a day does neither.
///
/// Triggers write it in the statement that writes the memberships, whoever does so, so no number can be forgotten;
/// `verify figures` compares it with the rows. On PostgreSQL two commands that change the same number at once are a lost
/// race, so a number is spread over lanes: 0 for bulk work, which waits, and one of three by connection for commands.
pub(super) const MEMBERSHIP_YEAR: &str = r"
-- @sqlite
CREATE TABLE membership_year (
  organization_id {uuid} NOT NULL,
  year integer NOT NULL,
  lane integer NOT NULL,
  delta integer NOT NULL,
  PRIMARY KEY (organization_id, year, lane)
) WITHOUT ROWID
;;
-- @postgres
CREATE TABLE membership_year (
  organization_id {uuid} NOT NULL,
  year integer NOT NULL,
  lane integer NOT NULL,
  delta integer NOT NULL,
  PRIMARY KEY (organization_id, year, lane)
) WITH (fillfactor = 50)
;;
INSERT INTO membership_year (organization_id, year, lane, delta)
SELECT s.organization_id, CAST(substr(CAST(s.day AS text), 1, 4) AS integer), 0, sum(s.delta)
FROM (SELECT organization_id, joined_on AS day, 1 AS delta FROM membership WHERE ended_on IS NULL OR ended_on > joined_on
  UNION ALL SELECT organization_id, ended_on, -1 FROM membership WHERE ended_on > joined_on) s
GROUP BY 1, 2
;;
CREATE INDEX membership_by_joined ON membership (joined_on, organization_id, ended_on)
;;
CREATE INDEX membership_by_ended ON membership (ended_on, organization_id, joined_on) WHERE ended_on IS NOT NULL
;;
-- @sqlite
CREATE TRIGGER membership_year_in AFTER INSERT ON membership WHEN NEW.ended_on IS NULL OR NEW.ended_on > NEW.joined_on BEGIN
  INSERT INTO membership_year VALUES (NEW.organization_id, CAST(substr(NEW.joined_on, 1, 4) AS integer), 0, 1)
    ON CONFLICT (organization_id, year, lane) DO UPDATE SET delta = delta + 1;
END
;;
-- @sqlite
CREATE TRIGGER membership_year_in_ended AFTER INSERT ON membership WHEN NEW.ended_on > NEW.joined_on BEGIN
  INSERT INTO membership_year VALUES (NEW.organization_id, CAST(substr(NEW.ended_on, 1, 4) AS integer), 0, -1)
    ON CONFLICT (organization_id, year, lane) DO UPDATE SET delta = delta - 1;
END
;;
-- @sqlite
CREATE TRIGGER membership_year_out AFTER DELETE ON membership WHEN OLD.ended_on IS NULL OR OLD.ended_on > OLD.joined_on BEGIN
  INSERT INTO membership_year VALUES (OLD.organization_id, CAST(substr(OLD.joined_on, 1, 4) AS integer), 0, -1)
    ON CONFLICT (organization_id, year, lane) DO UPDATE SET delta = delta - 1;
END
;;
-- @sqlite
CREATE TRIGGER membership_year_out_ended AFTER DELETE ON membership WHEN OLD.ended_on > OLD.joined_on BEGIN
  INSERT INTO membership_year VALUES (OLD.organization_id, CAST(substr(OLD.ended_on, 1, 4) AS integer), 0, 1)
    ON CONFLICT (organization_id, year, lane) DO UPDATE SET delta = delta + 1;
END
;;
-- @sqlite
CREATE TRIGGER membership_year_changed AFTER UPDATE OF organization_id, joined_on, ended_on ON membership BEGIN
  INSERT INTO membership_year
    SELECT s.organization_id, CAST(substr(s.day, 1, 4) AS integer), 0, s.delta
    FROM (SELECT OLD.organization_id AS organization_id, OLD.joined_on AS day, -1 AS delta
        WHERE OLD.ended_on IS NULL OR OLD.ended_on > OLD.joined_on
      UNION ALL SELECT OLD.organization_id, OLD.ended_on, 1 WHERE OLD.ended_on > OLD.joined_on
      UNION ALL SELECT NEW.organization_id, NEW.joined_on, 1 WHERE NEW.ended_on IS NULL OR NEW.ended_on > NEW.joined_on
      UNION ALL SELECT NEW.organization_id, NEW.ended_on, -1 WHERE NEW.ended_on > NEW.joined_on) s
    WHERE true
    ON CONFLICT (organization_id, year, lane) DO UPDATE SET delta = delta + excluded.delta;
END
;;
-- @postgres
CREATE FUNCTION membership_year_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  own integer := CASE WHEN current_setting('transaction_isolation') = 'serializable' THEN 1 + pg_backend_pid() % 3 ELSE 0 END;
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO membership_year AS kept (organization_id, year, lane, delta)
      SELECT m.organization_id, extract(year FROM s.day)::integer, own, sum(s.delta)
      FROM came m CROSS JOIN LATERAL (VALUES (m.joined_on, 1), (m.ended_on, -1)) AS s (day, delta)
      WHERE s.day IS NOT NULL AND (m.ended_on IS NULL OR m.ended_on > m.joined_on)
      GROUP BY 1, 2 HAVING sum(s.delta) <> 0 ORDER BY 1, 2
      ON CONFLICT (organization_id, year, lane) DO UPDATE SET delta = kept.delta + excluded.delta;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO membership_year AS kept (organization_id, year, lane, delta)
      SELECT m.organization_id, extract(year FROM s.day)::integer, own, sum(s.delta)
      FROM gone m CROSS JOIN LATERAL (VALUES (m.joined_on, -1), (m.ended_on, 1)) AS s (day, delta)
      WHERE s.day IS NOT NULL AND (m.ended_on IS NULL OR m.ended_on > m.joined_on)
      GROUP BY 1, 2 HAVING sum(s.delta) <> 0 ORDER BY 1, 2
      ON CONFLICT (organization_id, year, lane) DO UPDATE SET delta = kept.delta + excluded.delta;
  ELSE
    INSERT INTO membership_year AS kept (organization_id, year, lane, delta)
      SELECT m.organization_id, extract(year FROM s.day)::integer, own, sum(m.sign * s.delta)
      FROM (SELECT 1 AS sign, organization_id, joined_on, ended_on FROM came
        UNION ALL SELECT -1, organization_id, joined_on, ended_on FROM gone) m
      CROSS JOIN LATERAL (VALUES (m.joined_on, 1), (m.ended_on, -1)) AS s (day, delta)
      WHERE s.day IS NOT NULL AND (m.ended_on IS NULL OR m.ended_on > m.joined_on)
      GROUP BY 1, 2 HAVING sum(m.sign * s.delta) <> 0 ORDER BY 1, 2
      ON CONFLICT (organization_id, year, lane) DO UPDATE SET delta = kept.delta + excluded.delta;
  END IF;
  RETURN NULL;
END $$
;;
-- @postgres
CREATE TRIGGER membership_year_in AFTER INSERT ON membership REFERENCING NEW TABLE AS came
  FOR EACH STATEMENT EXECUTE FUNCTION membership_year_kept()
;;
-- @postgres
CREATE TRIGGER membership_year_out AFTER DELETE ON membership REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION membership_year_kept()
;;
-- @postgres
CREATE TRIGGER membership_year_changed AFTER UPDATE ON membership REFERENCING OLD TABLE AS gone NEW TABLE AS came
  FOR EACH STATEMENT EXECUTE FUNCTION membership_year_kept()
";

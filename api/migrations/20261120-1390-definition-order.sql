-- The order in which somebody wrote the fields of a form is the order in which people are asked. jsonb sorts names by their length;
-- json keeps them as they came. Versions from before keep the order they have.
alter table template alter column definition type json;
alter table template_function alter column definition type json;

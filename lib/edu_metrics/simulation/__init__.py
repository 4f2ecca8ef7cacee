"""
An invented city, openly invented: it writes raw files like any other publisher.

Nothing in the model is fitted to a real place. Its constants are round numbers of a size that a
city of half a million people might have, chosen so that every kind of verdict can be seen at work;
its numbers may stand beside invented places only, with the status ``simulated``. The model knows no
place by name: it fills whatever districts and schools the catalog puts below a city, each district
in proportion to its number of schools.

The model in words
------------------
Districts differ in how well off they are, in one hidden number each; scores, teachers' degrees and
facilities lean on it, so that good and poor results come together. A district with many schools
draws families from those with few.

*Children* are counted by single year of age, from birth to 17. Each year some families move to
another district, some leave the city and some arrive, and a few pupils drop out and stay where they
live. Nobody repeats a grade and all enter grade 1 at six. Entrants, pupils, graduates, the
population by age and so the retention and enrolment rates are counts of these same children.

*Senior stage*: graduates go on to general or vocational schools, some vocational students come from
elsewhere, a few leave early. Three years later those of the general schools sit the college
entrance exam. Its line moves from year to year for all districts alike, and the fewer pupils
general schools take in, the more of them pass it.

*Scores*: each pupil of a school draws a mark from the school's normal distribution, which moves
with the hidden number of the district, a lasting effect of the school, a small effect of school and
year, slow progress, and the difficulty of the year's exam, the same for all schools. Passing,
excellent and low marks are counted at the school.

*Teachers* are a stock with flows: some leave (those without the degree sooner, being older), some
earn the degree in post, and newcomers, more of whom have it, fill the posts that the number of
pupils asks for.

*Kindergartens, facilities, coverage*: shares wander on the logit scale. Where few institutions are
counted, each crosses over once the share passes its own threshold: a school that has a wireless
network keeps it.

*Eyesight*: the risk of becoming myopic strikes those who are not yet so, year of age by year of
age; myopia does not reverse.

*Money*: spending per pupil wanders upwards, prices rise, and project funds come in lumps.

Whatever wanders is tied to its level in the last year asked for, so a study that looks at an
earlier date finds levels a little short of these. Numbers come out when such numbers do: exam
results in August of their year, autumn counts and the screening in December, accounts in the
February after.
"""

from edu_metrics.simulation.starting import new_project
from edu_metrics.simulation.writing import simulate_districts, simulate_study

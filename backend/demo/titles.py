"""What a parrot company has to do."""

CHORES = (
    "Oil the door of {place}",
    "Replace the worn perch in {place}",
    "Sort sunflower seeds by size for {place}",
    "Polish the big mirror in {place}",
    "Fix the squeaky swing in {place}",
    "Find out who chews the cables in {place}",
    "Refill the millet feeder in {place}",
    "Teach {place} to say “deployed” instead of “it works”",
    "Measure the echo in {place} before the choir rehearses",
    "Move the nesting boxes of {place} away from the air conditioning",
    "Hang the new bell in {place}",
    "Count the feathers found in {place} after the standup",
    "Check the emergency exit of {place} for wingspans over a metre",
)

PLACES = (
    "the main aviary",
    "the cockatoo wing",
    "the counting house",
    "the landing deck",
    "the budgerigar open space",
    "the macaw meeting room",
    "the canteen",
    "the night roost",
    "the lovebird corner",
    "the visitors' perch",
)

PROJECTS = (
    "Plan the autumn migration, with a stop at the mango tree",
    "Migrate the seed inventory to the new database",
    "Rehearse the morning squawk so that it ends before nine",
    "Write the flight safety leaflet for fledglings",
    "Ask the cat next door for a service level agreement",
    "Make the mirror stop agreeing with everybody",
    "Review the pull request that only repeats the last one",
    "Cage door: remember the latch position after a restart",
    "Translate the error messages from Budgie to Macaw",
    "Order cuttlebone for the third quarter",
    "Find the meeting room where nobody talks over each other",
    "Clip the release notes, not the wings",
    "Let the perch monitor report splinters, not only breaks",
    "Draw the seating plan: no two cockatoos beside one mirror",
    "Back up the phrase book before Polly retires",
    "Explain to sales that “Polly wants a cracker” is not a contract",
    "Calibrate the seed dispenser, it is generous on Mondays",
    "Prepare the fledglings' first week: perches, passwords, peanuts",
    "Replace shredded printer paper; find the shredder (it has a beak)",
    "Investigate why the night roost's lights follow the moon",
)

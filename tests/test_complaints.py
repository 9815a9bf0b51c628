"""What people complain of in comparable systems, and the tests that show that it cannot happen here.

The numbers are those of the survey of such complaints that this site was begun with: work that is lost (1–6), one
person kept several times (7–15), and languages, the front line and supervision (40, and what it lists beside).
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SECTIONS = {"work that is lost": range(1, 7), "one person several times": range(7, 16), "the front line": (40,)}

CASES, E2E = "tests/cases/", "tests/e2e/"
EDIT, FILE, DRAFT, NEW = (
    f"{CASES}{name}.py::" for name in ("test_session_edit", "test_client_edit", "test_draft", "test_session_new")
)
MERGE, PAIRS, SEARCH, IDENTITY = (
    f"{CASES}{name}.py::" for name in ("test_merge", "test_pairs", "test_search", "test_identity")
)
LOG, LANGUAGES = f"{E2E}test_log.py::", "tests/test_languages.py::"
CUT_LINE = f"{E2E}test_cut_line.py::CutLineTests::"

# Number of the survey, what would be complained of, and the tests in which it does not come about.
COMPLAINTS = [
    (1, "Two people change one record and the later one wins unseen.", [
        EDIT + "TwoPeopleTests::test_the_second_is_shown_both_versions_and_loses_nothing",
        EDIT + "test_two_who_press_at_the_same_moment_are_one_correction_and_one_question",
        FILE + "EditTests::test_two_who_edit_lose_nothing",
    ]),
    (1, "Of two versions, one is in no history.", [
        DRAFT + "VersionTests::test_a_second_tab_that_has_not_seen_the_newest_is_kept_beside_it",
        FILE + "EditTests::test_a_corrected_name_keeps_its_row_and_its_history",
    ]),
    (2, "The sign-in times out over a form, and what was typed is gone.", [
        LOG + "SurvivalTests::test_a_draft_is_there_after_signing_out_and_in_again",
        E2E + "test_shell.py::IdleTests::test_warns_keeps_what_was_typed_and_covers_the_page",
    ]),
    (3, "After a time-out the note comes back and the other fields do not.", [
        DRAFT + "SaveTests::test_every_field_comes_back_after_signing_out",
    ]),
    (4, "Opening a form is enough to make a draft, and the list is full of empty ones.", [
        DRAFT + "SaveTests::test_opening_the_form_makes_no_draft",
    ]),
    (4, "A draft with text in it is cleared away like one that nobody touched.", [
        DRAFT + "DiscardTests::test_only_what_is_old_is_deleted",
    ]),
    (5, "A new form shows what was typed into the one before.", [
        NEW + "LogTests::test_the_next_form_shows_nothing_of_the_one_before",
        LOG + "test_neither_a_new_form_nor_the_way_back_shows_the_session_before",
        f"{CASES}test_offers.py::LastTests::test_nothing_is_filled_in_by_itself",
    ]),
    (6, "A cut line or a closed window costs a whole record.", [
        CUT_LINE + "test_text_typed_without_a_line_is_sent_when_it_is_back",
        CUT_LINE + "test_a_page_closed_without_a_line_gives_its_text_to_the_next",
        FILE + "OpenTests::test_a_file_without_any_name_is_not_opened_and_what_was_typed_stays",
    ]),
    (6, "What is on record is hard to find.", [
        SEARCH + "NameTests::test_a_name_is_found_in_any_script_and_from_any_of_its_words",
        SEARCH + "NumberTests::test_finds_by_the_ending_of_a_telephone_number",
        SEARCH + "NumberTests::test_finds_a_session_by_its_number",
    ]),
    (7, "A merge is said to be done, and both files are still in the list.", [
        f"{CASES}test_merge_pages.py::PageTests::test_merged_counted_again_and_undone",
        MERGE + "MergeTests::test_everything_moves_and_the_old_file_leads_on",
    ]),
    (8, "After a merge the history is gone and is typed anew by hand.", [
        MERGE + "test_merging_and_parting_gives_back_exactly_the_same_rows",
        MERGE + "MergeTests::test_what_the_kept_file_knows_stays",
    ]),
    (9, "Two requests at once make two files of one person.", [
        FILE + "test_a_button_pressed_twice_opens_one_file",
        f"{CASES}test_person.py::FindingTests::test_the_same_hash_is_one_person_whoever_asks_at_once",
    ]),
    (9, "A file is deleted, and the person comes back as somebody new.", [
        FILE + "OpenTests::test_a_file_is_never_deleted_so_that_nobody_opens_it_anew",
        FILE + "IdentityTests::test_the_number_leads_to_the_person_in_another_workspace",
    ]),
    (10, "Likely duplicates are told at the moment of entry and listed nowhere.", [
        PAIRS + "PageTests::test_the_queue_shows_the_likeliest_first",
        PAIRS + "FindTests::test_a_file_opened_all_the_same_comes_into_the_queue",
    ]),
    (10, "Nothing on the page is easier than making a second file.", [
        FILE + "LikelyTests::test_tells_while_one_types_and_says_why",
        E2E + "test_clients.py::test_a_file_is_opened_and_a_likely_one_is_told_while_typing",
    ]),
    (10, "Couples who share a telephone or an address are taken for one person.", [
        f"{CASES}matching/test_pairs.py::CompareTests::test_families_and_namesakes_are_others",
        FILE + "OpenTests::test_two_who_share_a_telephone_are_two_files_that_are_both_found",
    ]),
    (10, "Signing in makes a file by itself.", [
        FILE + "OpenTests::test_signing_in_opens_no_file_and_nobody_signs_up",
    ]),
    (11, "The page says that a file was opened, and there is none.", [
        FILE + "OpenTests::test_the_message_reads_the_database_and_tells_no_name",
        FILE + "OpenTests::test_two_who_share_a_telephone_are_two_files_that_are_both_found",
    ]),
    (12, "Duplicates of two places are seen and cannot be brought together.", [
        IDENTITY + "RequestTests::test_the_same_person_counts_once_and_no_file_moves",
        IDENTITY + "RequestTests::test_the_other_centre_finds_it_and_compares",
    ]),
    (13, "Two files are to be compared, and what would tell them apart is not shown.", [
        PAIRS + "PageTests::test_side_by_side_tells_what_agrees",
    ]),
    (13, "An import tells of success and has left rows out.", [
        "tests/workbook/test_rules.py::WholeFileTests::test_every_bad_cell_is_told_and_nothing_is_written",
        "tests/workbook/test_import.py::AgainTests::test_the_same_file_again_changes_nothing",
    ]),
    (13, "Somebody is chosen from the list, and the record goes on without them.", [
        LOG + "test_the_commonest_session_takes_at_most_twelve_keys_beyond_the_text",
        CUT_LINE + "test_who_is_chosen_without_a_line_is_who_the_session_goes_to",
    ]),
    (14, "Twins are made one child.", [
        f"{CASES}matching/test_pairs.py::CompareTests::test_twins_are_worth_a_look_and_never_sure",
        f"{CASES}matching/test_pairs.py::DuplicatesTests::"
        "test_twins_are_told_with_the_reason_that_their_given_names_differ",
    ]),
    (14, "What is only alike is put together, and is plainly somebody else.", [
        f"{CASES}matching/test_pairs.py::DuplicatesTests::test_finds_nearly_all_of_a_made_up_list_and_little_else",
        f"{CASES}matching/test_names.py::SoundTests::test_other_names_do_not",
        PAIRS + "PageTests::test_told_apart_with_one_press_and_taken_back",
    ]),
    (15, "A name is found in the script it was typed in and in no other.", [
        f"{CASES}matching/test_recall.py::test_names_are_found_in_another_script",
    ]),
    (15, "Chinese names read as Latin letters are all alike.", [
        SEARCH + "NameTests::test_names_in_chinese_signs_are_not_all_alike",
    ]),
    (15, "A search for what sounds alike hides the very name.", [
        SEARCH + "NameTests::test_what_sounds_alike_is_added_and_takes_nothing_away",
        SEARCH + "NameTests::test_the_very_name_stands_before_those_that_begin_with_it",
    ]),
    (15, "A likely duplicate stops the work.", [
        FILE + "LikelyTests::test_asked_once_when_saving_and_never_in_the_way",
    ]),
    (40, "The language of the staff stands where that of the client belongs.", [
        NEW + "LogTests::test_begins_in_the_language_of_the_client_whatever_the_page_speaks",
        f"{CASES}test_session_pages.py::SessionTests::test_shows_the_note_in_its_language",
    ]),
    (40, "A translation is missing, and nobody is told which.", [
        LANGUAGES + "CatalogueTests::test_every_string_is_translated_whole",
        LANGUAGES + "CatalogueTests::test_the_catalogue_holds_what_the_code_marks_and_nothing_more",
    ]),
    (40, "Words without a translation are published, and those taken out stop the rest.", [
        LANGUAGES + "CheckTests::test_it_fails",
        LANGUAGES + "CatalogueTests::test_the_catalogue_holds_what_the_code_marks_and_nothing_more",
    ]),
    (40, "A name without a translation gives an empty list or a page that is not there.", [
        f"{CASES}test_session_pages.py::SessionListTests::"
        "test_a_name_without_a_translation_is_shown_in_korean_and_filters_all_the_same",
    ]),
    (40, "Each page reads the names of all languages.", [
        f"{CASES}test_session_pages.py::SessionListTests::"
        "test_names_in_all_languages_are_read_once_and_not_with_each_page",
    ]),
    (40, "One talk with a family is typed once for each of them.", [
        f"{CASES}test_session_others.py::test_the_family_is_offered_and_one_visit_is_one_session_of_three",
    ]),
    (40, "One person is in a session twice.", [
        f"{CASES}test_session_others.py::DatabaseTests::test_the_first_client_is_not_a_further_one",
        f"{CASES}test_session_others.py::test_who_cannot_be_beside_is_told_and_nothing_is_written",
    ]),
    (40, "A reminder goes on after the thing was done.", [
        f"{CASES}test_deadline.py::StartPageTests::"
        "test_ends_by_itself_when_the_thing_is_done_and_comes_back_when_it_was_not",
        f"{CASES}test_follow_up.py::LogTests::test_what_is_ticked_ends_and_is_told_and_what_is_not_waits",
    ]),
    (40, "Nobody is told that somebody did not come again.", [
        f"{CASES}test_follow_up.py::ListTests::test_none_drops_out_however_old_and_the_longest_overdue_is_first",
    ]),
    (40, "Rows of an upload are there twice, and nobody says why.", [
        "tests/workbook/test_import.py::WhoseRowsTests::test_two_numbers_of_one_person_stay_two_files_and_are_told",
        "tests/workbook/test_opening.py::OddCellTests::test_a_sheet_twice_and_a_number_twice",
    ]),
    (40, "Rights on every single record make each page slow.", [
        f"{CASES}test_client_list.py::ClientListTests::test_more_rows_ask_no_more_of_the_database",
    ]),
]  # fmt: skip


def named() -> set[str]:
    return {test for _number, _complaint, tests in COMPLAINTS for test in tests}


@pytest.fixture(scope="module")
def collected() -> set[str]:
    """The tests of the files named above as pytest finds them, without their parameters."""
    files = sorted({test.partition("::")[0] for test in named()})
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-p", "no:xdist", *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {line.partition("[")[0] for line in done.stdout.splitlines() if "::" in line}


def test_each_complaint_of_the_survey_stands_here_with_a_test():
    numbers = {number for section in SECTIONS.values() for number in section}
    assert {number for number, _complaint, tests in COMPLAINTS if tests} == numbers
    assert [complaint for _number, complaint, tests in COMPLAINTS if not tests] == []


def test_each_test_that_is_named_here_is_run(collected):
    assert named() - collected == set()

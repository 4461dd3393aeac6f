"""Every sample and every code, against the C code that Python 3.11 still carries."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.telephony.media import g711

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

EVERY_CODE = bytes(range(256))
EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)
LAWS = [g711.PCMU, g711.PCMA]


@pytest.mark.parametrize(("law", "theirs"), [(g711.PCMU, audioop.ulaw2lin), (g711.PCMA, audioop.alaw2lin)])
def test_every_code_means_the_same_sample(law, theirs):
    assert g711.decode(EVERY_CODE, law).tobytes() == theirs(EVERY_CODE, 2)


def test_every_sample_has_the_same_a_law_code():
    assert g711.encode(EVERY_SAMPLE, g711.PCMA) == audioop.lin2alaw(EVERY_SAMPLE.tobytes(), 2)


def test_every_sample_has_the_same_mu_law_code_but_where_theirs_is_further_off():
    ours = g711.encode(EVERY_SAMPLE, g711.PCMU)
    theirs = audioop.lin2ulaw(EVERY_SAMPLE.tobytes(), 2)
    other = np.frombuffer(ours, np.uint8) != np.frombuffer(theirs, np.uint8)
    # audioop cuts samples to 14 bits towards minus infinity before it looks at the magnitude, so that up to three
    # negative samples below each of its 127 decision values fall to the louder code. G.711 is symmetrical, and so are we.
    assert np.count_nonzero(other) == 381
    assert np.all(EVERY_SAMPLE[other] < 0)
    here = EVERY_SAMPLE[other].astype(int)
    our_error = np.abs(g711.decode(ours, g711.PCMU)[other] - here)
    their_error = np.abs(g711.decode(theirs, g711.PCMU)[other] - here)
    assert np.all(our_error <= their_error)


@pytest.mark.parametrize("law", LAWS)
def test_a_decoded_code_is_encoded_as_itself(law):
    again = g711.encode(g711.decode(EVERY_CODE, law), law)
    # Mu-law has two codes for zero; the negative one comes back as the positive one.
    assert again == (EVERY_CODE.replace(b"\x7f", b"\xff") if law == g711.PCMU else EVERY_CODE)


@pytest.mark.parametrize("law", LAWS)
def test_a_louder_sample_never_becomes_softer(law):
    assert np.all(np.diff(g711.decode(g711.encode(EVERY_SAMPLE, law), law).astype(int)) >= 0)


@pytest.mark.parametrize("law", LAWS)
def test_a_round_trip_stays_within_half_a_step(law):
    samples = EVERY_SAMPLE.astype(int)
    back = g711.decode(g711.encode(EVERY_SAMPLE, law), law).astype(int)
    # A step is 1/16 of its segment's lower end (G.711 tables 1 and 2; mu-law counts from 132 below zero), 16 at least.
    half = np.maximum((np.abs(samples) + 132) / 32, 8)
    loudest = np.abs(samples) > 32124
    assert np.all((np.abs(back - samples) <= half) | loudest)


@given(codes=st.binary(max_size=400), law=st.sampled_from(LAWS))
def test_from_one_law_to_the_other_is_decoding_and_encoding(codes, law):
    other = g711.PCMA if law == g711.PCMU else g711.PCMU
    assert g711.translate(codes, law, law) is codes
    assert g711.translate(codes, law, other) == g711.encode(g711.decode(codes, law), other)


def test_silence_is_next_to_nothing():
    for law in LAWS:
        assert np.abs(g711.decode(g711.SILENCE[law], law)).max() <= 8
    assert g711.translate(g711.SILENCE[g711.PCMU], g711.PCMU, g711.PCMA) == g711.SILENCE[g711.PCMA]
    assert g711.translate(g711.SILENCE[g711.PCMA], g711.PCMA, g711.PCMU)[:1] in (b"\xff", b"\xfe")

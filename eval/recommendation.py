"""Which way to take, for a team's own needs: by rules that are written down, each traceable to numbers of the run.

The rules, in their order. A rule takes pipelines out only where the numbers say so clearly; what cannot be told keeps
a pipeline in, and is said.

R1  A pipeline that answered nothing is out, and so is, of those that R2 to R4 leave, what answered nothing rightly: no
    answer of it counts as right, whatever its mean. Where the choice is not clearly more correct than such a one, it is
    not clear: being right at times may be chance.
R2  Where nothing may leave the machine, pipelines whose engine or vectors are elsewhere are out.
R3  Where there are no training examples at hand for every new version, pipelines that were trained on examples, or show
    some, are out.
R4  A pipeline of which clearly more than 5 of 100 answers take longer than is allowed is out. Where one that R2 to R4
    take out is clearly more correct than the choice, that is said.
R5  Of those left, only the most correct and those that cannot be told apart from it stay. Where several do, the choice
    that the next rules make among them is not clear: it may cost right answers. Where correctness is known of too few
    questions, nobody goes for freshness or cost either: wrong answers are no bargain.
R6  Of those left, those that clearly make up more answers to what the documents do not answer than the one that makes
    up the fewest are out.
R7  Where the knowledge changes and freshness was measured, those clearly less fresh than the freshest left are out; who
    may be so for the length of its answers alone stays, and is in doubt.
R8  Of those left, those clearly dearer than the cheapest in a month of such use, its versions of the knowledge
    included, are out.
R9  Where several are left it cannot be told; the one that takes the least to set up is as good as the others, as far
    as is known, and of equals the one with the higher mean.

The order is one of weight, and a choice can be outdone by what R5 took out: where that was clearly fresher, or made up
less, the choice is not clear; where it was clearly cheaper, that is said. Nor is it clear where the answers of another
that the needs leave in are clearly better borne out by the evidence, by a tenth at least: the two measures of quality
then disagree. Beside what R1 says of it, what is never right speaks against nobody. Nor is a choice clear where another
would not be clearly behind but for the length of its answers: what is long and right loses by it, and what holds too
few words beside a reference counts as wrong, right or not (`PipelineSummary.behind_by_length`).
"""

from __future__ import annotations

from eval.grounds import Grounds, Recommendation
from eval.needs import Needs
from eval.rules import Chooser


def recommend(needs: Needs, grounds: Grounds) -> Recommendation:
    """Applies R1 to R9."""
    chooser = Chooser(needs, grounds)
    for rule in (chooser.answered, chooser.local, chooser.examples, chooser.in_time, chooser.some_right):
        rule()
        if not chooser.left:
            sentence = f"No pipeline meets these needs: {' '.join(each.sentence for each in chooser.reasons)}"
            known = not any(chooser.by_name[name].lengths.mostly_uncounted for name in chooser.never_right)
            return Recommendation(pipeline=None, clear=known, sentence=sentence, reasons=tuple(chooser.reasons))
    if len(chooser.left) > 1:
        chooser.most_correct()
    if len(chooser.left) > 1 and (chooser.comparable or chooser.all_unanswerable):
        chooser.honest()
    for rule in (chooser.fresh, chooser.cheapest):
        if len(chooser.left) > 1 and chooser.comparable:
            rule()
    return chooser.result()

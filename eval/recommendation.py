"""Which way to take, for a team's own needs: by rules that are written down, each traceable to numbers of the run.

`RULES` has them, in their order. A rule takes pipelines out only where the numbers say so clearly; what cannot be told
keeps a pipeline in, and is said.

The order is one of weight, and what was taken out may still speak against the choice. It is not clear:

- where another answered nothing, since its engine failed every time: nobody knows what it can do;
- where it is not clearly more correct than a pipeline that R1 took out for being never right: the few times that the
  choice was right may be chance. Apart from that, what is never right speaks against nobody;
- where a pipeline that R5 took out made up clearly less, or may have, were replies refusals that may be
  (`eval.replies`);
- where one that R5 took out was clearly fresher, or may be, were answers counted that are too long or too short to
  count, say neither yes nor no, are taken for denials, read like refusals, or are unclear (`eval.given`);
- where the knowledge changes and the choice's freshness was not measured, or on too few questions, while that was done;
- where the answers of another that the needs leave in are clearly better borne out by the evidence, by a tenth at
  least: the two measures of quality then disagree. Of one that is clearly less correct, in the worst case too, that is
  said alone, where the choice's own faithfulness is one half at least;
- where another would not be clearly behind but for the length of its answers, or since they read like refusals: what is
  long and right loses by it, and what holds too few words beside a reference, or says first what it does not know,
  counts as wrong, right or not (`PipelineSummary.may_be_underrated`);
- where another scores less only for the parts of right answers that wrong ones earn;
- where the corpus is in a language whose words correctness does not know (`eval.languages`) and more than one pipeline
  was left by the needs. Made-up answers and freshness take nothing out there.

Where a pipeline that R5 took out was clearly cheaper, or one that R2 to R4 took out is clearly more correct, that is
said, and the choice stays as clear as it is.
"""

from __future__ import annotations

from eval import numbers
from eval.conclusion import conclude
from eval.grounds import Grounds, Recommendation
from eval.lateness import LATE
from eval.needs import Needs
from eval.objections import of_language
from eval.planning import FEWEST
from eval.rules import Chooser

RULES = {
    "R1": "A pipeline that answered nothing is out. So is, of those that R2 to R4 leave, one without a single answer "
    f"that counts as right to {FEWEST} questions or more, whatever its mean, unless by those that are surely right it "
    "may clearly have more than one that stays.",
    "R2": "Where nothing may leave the machine, a pipeline whose engine or vectors are elsewhere is out.",
    "R3": "Where there are no training examples at hand for every new version, a pipeline that was trained on "
    "examples, or shows some, is out.",
    "R4": f"A pipeline is out if clearly more than {numbers.percent(LATE)} of its answers take longer than allowed, "
    "and in doubt if that cannot be told, or only since what failed otherwise is left out.",
    "R5": "Of those left, a pipeline is out if another is clearly more correct, by the score and in right answers, "
    "or is so only by the answers that count, which leaves the choice in doubt, and tells nothing where those that are "
    "surely right clearly say the contrary; where the score tells nothing, or the "
    "contrary, if another clearly gives more right answers. Where the score leaves several, the choice among them is "
    f"not clear: it may cost right answers. Where correctness is known of fewer than {FEWEST} questions, freshness and "
    "cost choose nothing either: wrong answers are no bargain.",
    "R6": "Of those left, a pipeline is out if it clearly makes up more answers to what the documents do not answer "
    "than another. Where that cannot be told, since too many replies that count as made up may be refusals, or the "
    "contrary, a pipeline stays, and is in doubt.",
    "R7": "Of those left, where the knowledge changes and freshness was measured, a pipeline is out if it is clearly "
    "less fresh than another. Where that cannot be told, since too many answers to what has changed are not "
    "counted, a pipeline stays, and is in doubt; so is a choice of which it was not measured, or on fewer than "
    f"{FEWEST} questions.",
    "R8": "Of those left, whatever is clearly dearer per month than another is out; what new versions of the "
    "knowledge cost is part of it.",
    "R9": "Where several are left, it cannot be told which suits best. Of those with an answer that counts as right, "
    "if there are any, the one that takes the least to set up is named (the fewest examples to write for each version, "
    "then the fewest seconds of training and indexing), and of equals the one with more right "
    "answers: that another is better is not shown.",
}
"""What each rule does, as the page says it."""


def recommend(needs: Needs, grounds: Grounds) -> Recommendation:
    """Applies the rules. R1 comes twice: what answered nothing is out first, what answered nothing rightly after R4."""
    chooser = Chooser(needs, grounds)
    for rule in (chooser.answered, chooser.local, chooser.examples, chooser.in_time, chooser.some_right):
        rule()
        if not chooser.left:
            unknown = of_language("R1", grounds) if chooser.never_right else []
            reasons = (*chooser.reasons, *unknown)
            sentence = f"No pipeline meets these needs: {' '.join(each.sentence for each in reasons)}"
            perhaps = any(chooser.by_name[name].uncounted.unsettled for name in chooser.never_right)
            return Recommendation(pipeline=None, clear=not perhaps and not unknown, sentence=sentence, reasons=reasons)
    if len(chooser.left) > 1:
        chooser.most_correct()
    if len(chooser.left) > 1 and (chooser.comparable or chooser.all_unanswerable):
        chooser.honest()
    for rule in (chooser.fresh, chooser.cheapest):
        if len(chooser.left) > 1 and chooser.comparable:
            rule()
    return conclude(chooser)

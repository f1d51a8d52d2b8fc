"""An embedder without a model, small corpora, and their indexes."""

from pathlib import Path

from word_embedder import WordEmbedder

from corpora.model import Corpus, Document
from corpora.splitting import Splitting, split_document
from pipelines.index import PassageIndex
from pipelines.vectors import Vectors

SMALL = Splitting(passage_tokens=8, overlap_tokens=0)


class FakeEmbedder(WordEmbedder):
    """Keeps what it embeds, and is of any name and any reach."""

    def __init__(self, name: str = "fake", max_tokens: int = 256) -> None:
        super().__init__(Path(), name)
        self._max_tokens = max_tokens
        self.embedded: list[str] = []

    def embed_documents(self, texts):
        self.embedded += texts
        return super().embed_documents(texts)

    @property
    def max_tokens(self):
        return self._max_tokens

    def fingerprint(self):
        return {"model": self.name}


def make_document(name: str, text: str, title: str = "Title") -> Document:
    return Document(id=name, title=title, text=text, source=f"{name}.md")


def make_corpus(texts: dict[str, str], name: str = "harbour") -> Corpus:
    documents = tuple(make_document(key, text, title=key) for key, text in texts.items())
    return Corpus(name=name, root=Path(), documents=documents, content_hash="0")


HARBOUR = {
    "boats": "The red boat carries salt. The blue boat carries timber and sails on Mondays.",
    "birds": "Gulls nest on the roof. Terns nest on the gravel beside the old crane.",
    "tides": "High water comes twice a day. The lowest tide of the year is in March.",
}


def boats(count: int) -> Corpus:
    """So many sentences, each a passage where passages are small."""
    text = " ".join(f"Boat {number} carries much salt to pier {number}." for number in range(count))
    return make_corpus({"boats": text})


def open_index(vectors: Vectors, corpus, embedder=None, splitting=SMALL) -> PassageIndex:
    return PassageIndex.open(vectors, corpus, embedder or FakeEmbedder(), splitting)


def collection_of(vectors: Vectors):
    """The one that there is."""
    (found,) = vectors.client().list_collections()
    return vectors.client().get_collection(found.name, embedding_function=None)


def passage_ids(corpus) -> set[str]:
    """Of the passages that an index of the corpus is to hold."""
    embedder = FakeEmbedder()
    return {one.id for document in corpus.documents for one in split_document(document, SMALL, embedder.count_tokens)}


class Clock:
    """Stands where an indexing reads the time, and goes on only as it is told."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


class TimedEmbedder(FakeEmbedder):
    """Takes so many seconds for each text, and 100 to open."""

    def __init__(self, clock: Clock, each: float = 1.0) -> None:
        super().__init__()
        self._clock = clock
        self._each = each
        self._opened = False

    def embed_documents(self, texts):
        self._clock.now += self._each * len(texts)
        return super().embed_documents(texts)

    @property
    def max_tokens(self):
        self._clock.now += 0 if self._opened else 100
        self._opened = True
        return super().max_tokens

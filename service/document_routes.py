"""`/documents`: what the pipelines answer from, taken in and removed while they answer."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, File, Path, Query, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError

from corpora.extracting import DocumentLimits
from corpora.model import Document
from service.document_schemas import DocumentChange, DocumentEntry, DocumentList
from service.documentation import problems
from service.library import Library

MOST_DOCUMENTS = 1_000
EXAMPLE_DOCUMENT = "dragon"

DocumentId = Annotated[str, Path(description="From `GET /documents`.", examples=[EXAMPLE_DOCUMENT])]
Limit = Annotated[int, Query(ge=1, le=MOST_DOCUMENTS, description="How many documents.", examples=[100])]
After = Annotated[str | None, Query(description="Only those that follow this one.", examples=[EXAMPLE_DOCUMENT])]
Upload = Annotated[UploadFile, File(description="Markdown, text, HTML, PDF or DOCX, with a name that says which.")]


def document_routes(library: Library, limits: DocumentLimits) -> APIRouter:
    """The routes by which documents are listed, read, taken in and removed."""
    router = APIRouter(tags=["documents"])
    _add_views(router, library)
    _add_changes(router, library, limits)
    return router


def _add_views(router: APIRouter, library: Library) -> None:
    @router.get("/documents", summary="List the documents", responses=problems(401, 404, 422, 500))
    async def documents(response: Response, limit: Limit = 100, after: After = None) -> DocumentList:
        """The documents that the pipelines answer from, without their texts. `ETag` changes when the corpus does."""
        corpus = library.corpus
        begin = 0 if after is None else 1 + library.place(after)
        shown = corpus.documents[begin : begin + limit]
        more = begin + limit < len(corpus.documents)
        response.headers["etag"] = f'"{corpus.content_hash}"'
        return DocumentList(
            corpus=corpus.name,
            content_hash=corpus.content_hash,
            total=len(corpus.documents),
            documents=[DocumentEntry.of(document) for document in shown],
            next=f"/documents?limit={limit}&after={quote(shown[-1].id, safe='')}" if more else None,
        )

    @router.get("/documents/{document_id:path}", summary="Read a document", responses=problems(401, 404, 422, 500))
    async def document(document_id: DocumentId) -> Document:
        """The document with its text, as the pipelines read it."""
        return library.corpus.documents[library.place(document_id)]


def _add_changes(router: APIRouter, library: Library, limits: DocumentLimits) -> None:
    @router.post("/documents", status_code=201, summary="Take a document in", responses=_taken())
    async def take(request: Request, response: Response, file: Upload) -> DocumentChange:
        """Reads the file, adds it to the corpus, indexes what is new, and has every pipeline answer from it.

        All of that is done when the response comes: the next question is answered from the new document. Of several
        workers the others follow within a second or two, or, where the next change comes sooner, once that one has
        ended. Pipelines whose knowledge is in their weights learn nothing by it; `pipelines` says so of each.

        The document's id comes from the file's content. The same file again is not taken twice: the status is 200 then,
        and 201 else. The file's own name becomes the document's `source`, and is used for nothing else.
        """
        if len((await request.form()).multi_items()) != 1:
            fault = {"type": "value_error", "loc": ("body", "file"), "msg": "send one file and nothing else"}
            raise RequestValidationError([fault])
        content = await file.read(limits.max_file_bytes + 1)
        change, is_new = await library.take(file.filename or "", content)
        response.status_code = 201 if is_new else 200
        response.headers["location"] = f"/documents/{change.document.id}"
        return change

    @router.delete(
        "/documents/{document_id:path}",
        summary="Remove a document",
        responses=problems(401, 404, 409, 422, 500, 503, 507),
    )
    async def remove(document_id: DocumentId) -> DocumentChange:
        """Removes a document from the corpus and from the index; the next question is answered without it.

        The file itself is deleted. Refused are the last document and one in which questions of the corpus have their
        evidence: the corpus could not be measured any more.
        """
        return await library.remove(document_id)


def _taken() -> dict[int | str, dict[str, Any]]:
    where = {"description": "The document's address.", "schema": {"type": "string"}}
    new = {"description": "The document is taken, and answered from.", "headers": {"Location": where}}
    known = {"description": "The document was there already.", "headers": {"Location": where}, "model": DocumentChange}
    return {200: known, 201: new, **problems(400, 401, 408, 409, 413, 415, 422, 500, 503, 507)}

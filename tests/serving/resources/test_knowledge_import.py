"""Documents that a service begins with."""

from __future__ import annotations


def test_the_folder_of_the_settings_is_imported_once(tmp_path, start_desk):
    folder = tmp_path / "kb"
    folder.mkdir()
    (folder / "remise.md").write_text("# Remise\n\nUne remise de 15 euros est accordée.\n")
    desk = start_desk(tmp_path / "data", kb=folder)
    assert len(desk.admin.get("/v1/knowledge/documents").json()["data"]) == 1
    assert desk.admin.delete("/v1/knowledge/documents/remise.md").status_code == 204
    desk.close()
    desk.running.stop()
    desk = start_desk(tmp_path / "data", kb=folder)
    assert desk.admin.get("/v1/knowledge/documents").json()["data"] == []
    desk.close()
    desk.running.stop()

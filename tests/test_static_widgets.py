"""What static_widgets writes into a page, and what it refuses."""

import json

import ipywidgets as widgets
import pytest
from widget_site import STATE, VIEW, Echo, build, notebook, output

HTML_MANAGER = {"https://example.org/embed-amd.js": {}}


@pytest.fixture(autouse=True)
def no_widgets_from_other_tests():
    yield
    widgets.Widget.close_all()


@pytest.fixture
def page(tmp_path):
    """A function that builds one page from its outputs."""
    return lambda *outputs, html_manager=None, **how: build(tmp_path, html_manager, page=notebook(*outputs, **how))


def slider(**options):
    return widgets.FloatSlider(**{"description": "α"} | options)


def test_an_output_is_its_still_and_its_view(page):
    site = page(output(Echo(alpha=slider()).view))
    assert site.warnings == ""
    container = site.html().split('<div class="mlp-live docutils container">')[1].split("</div>")[0]
    assert '<img alt="Positions." src="_images/' in container
    assert site.scripts(VIEW) == [{"version_major": 2, "version_minor": 0, "model_id": "1"}]


def test_the_state_holds_what_the_page_shows_in_the_standard_schema(page):
    shown, _hidden = Echo(alpha=slider()), Echo(alpha=slider())
    site = page(output(shown.view))
    names = [model["model_name"] for model in site.models()]
    assert names == ["VBoxModel", "FloatSliderModel", "AnyModel", "LinkModel"]
    assert all({"model_name", "model_module", "model_module_version", "state"} <= set(m) for m in site.models())
    assert site.models()[2]["buffers"] == [{"data": "AQID", "encoding": "base64", "path": ["data"]}]
    assert not {"layout", "style"} & set(site.models()[1]["state"])


def test_a_layout_that_says_something_stays(page):
    box = widgets.HBox([], layout=widgets.Layout(max_width="20rem"))
    site = page(output(box), mystnb={"image": {"alt": "A box."}})
    assert site.warnings == ""
    assert site.models()[0]["state"]["layout"] == "IPY_MODEL_2"
    assert site.models()[1]["state"] == {"max_width": "20rem"}


def test_a_module_is_written_once_for_the_site_and_asked_for_where_it_is_used(tmp_path):
    nothing = notebook()
    one, two = (notebook(output(Echo().view)) for _ in range(2))
    site = build(tmp_path, one=one, two=two, nothing=nothing)
    [source] = [path for path in (site.folder / "_static/live").glob("*.js") if "mlpModules ??=" in path.read_text()]
    assert source.name in site.html("one") and source.name in site.html("two")
    assert "export default" not in site.html("one")
    assert "/live/" not in site.html("nothing") and "/live/" not in site.html("search")
    assert json.loads(source.read_text().splitlines()[1]) == str(Echo._esm)


def test_two_builds_give_the_same_bytes(tmp_path):
    def site(name):
        widgets.Widget.close_all()
        shared = slider()
        figures = Echo("one", alpha=shared), Echo("two", alpha=shared, beta=slider())
        chain = slider()
        widgets.jslink((shared, "value"), (chain, "value"))
        content = notebook(*(output(figure.view) for figure in figures))
        # nbformat sorts the state by its random ids.
        state = content.metadata["widgets"][STATE]["state"]
        content.metadata["widgets"][STATE]["state"] = dict(sorted(state.items()))
        (tmp_path / name).mkdir()
        return build(tmp_path / name, page=content)

    first, second = site("first"), site("second")
    assert first.scripts(STATE) == second.scripts(STATE)
    assert set(first.files()) == set(second.files())
    differing = {path.name for path, content in first.files().items() if second.files()[path] != content}
    assert differing <= {"page.ipynb.txt", "page.ipynb"}  # the notebook itself has the random ids


def test_a_link_through_a_widget_that_is_not_shown_is_kept(page):
    shown, between, other = slider(), slider(), slider()
    widgets.jslink((shown, "value"), (between, "value"))
    widgets.jsdlink((between, "value"), (other, "value"))
    site = page(output(widgets.VBox([shown, other])), mystnb={"image": {"alt": "Two sliders."}})
    ends = [(m["state"]["source"], m["state"]["target"]) for m in site.models() if "Link" in m["model_name"]]
    assert sorted(ends) == [
        (["IPY_MODEL_2", "value"], ["IPY_MODEL_5", "value"]),
        (["IPY_MODEL_5", "value"], ["IPY_MODEL_3", "value"]),
    ]


def test_text_that_ends_a_script_stays_text(page):
    label = widgets.Label("</script><script>alert(1)</script>")
    site = page(output(label), mystnb={"image": {"alt": "A label."}})
    assert "alert(1)</script>" not in site.html()
    assert site.models()[0]["state"]["value"] == label.value


def test_the_cells_alt_text_comes_before_the_widgets_summary(page):
    site = page(output(Echo().view), mystnb={"image": {"alt": "From the cell."}})
    assert '<img alt="From the cell."' in site.html()


def test_a_live_output_is_a_figure_with_a_caption(page):
    site = page(output(Echo().view), mystnb={"figure": {"name": "fig-echo", "caption": "An *echo*."}})
    figure = site.html().split('<figure class="align-default" id="fig-echo">')[1].split("</figure>")[0]
    assert site.warnings == ""
    assert "mlp-live" in figure and VIEW in figure
    assert '<span class="caption-text">An <em>echo</em>.</span>' in figure


def test_html_manager_gets_the_state_as_it_was(page):
    content = notebook(output(view := Echo(alpha=slider()).view))
    before = content.metadata["widgets"][STATE]
    site = page(output(view), html_manager=HTML_MANAGER)
    assert site.scripts(STATE) == [before]
    assert site.scripts(VIEW) == [{"version_major": 2, "version_minor": 0, "model_id": view.model_id}]
    assert "embed-amd.js" in site.html() and "live/model.js" not in site.html()
    assert '<img alt="Positions."' in site.html()


SAID_BY_A_BUILD = [
    (lambda: widgets.FloatLogSlider(description="x"), "no way to draw the widget FloatLogSliderModel"),
    (lambda: widgets.VBox([slider(), widgets.Text()]), "no way to draw the widget TextModel"),
    (lambda: slider(orientation="vertical"), "FloatSliderModel with orientation='vertical' cannot be drawn"),
    (lambda: slider(readout_format=",.2f"), "readout_format=',.2f' cannot be drawn"),
    (lambda: slider(style={"handle_color": "red"}), "style handle_color='red' cannot be drawn"),
    (lambda: slider(description=""), "FloatSliderModel needs a description"),
    (lambda: slider(step=None), "step > 0, got 0.0, 100.0, None"),
    (lambda: slider(min=0, max=0), "needs min < max"),
    (lambda: widgets.Button(icon="play"), "ButtonModel with icon='play' cannot be drawn"),
    (lambda: widgets.Checkbox(description="<b>b</b>", description_allow_html=True), "description_allow_html=True"),
]


@pytest.mark.parametrize("make, said", SAID_BY_A_BUILD, ids=[said[:40] for _, said in SAID_BY_A_BUILD])
def test_what_cannot_be_drawn_is_a_warning_with_its_place_and_leaves_the_still(page, make, said):
    site = page(output(make()), mystnb={"image": {"alt": "A still."}})
    assert said in site.warnings
    assert "page.ipynb:" in site.warnings
    assert '<img alt="A still."' in site.html()
    assert site.scripts(VIEW) == []


def test_a_module_that_would_be_fetched_is_refused(page):
    class Remote(Echo):
        _esm = "https://esm.sh/something"

    assert "_esm must be source text, got the address https://esm.sh/something" in page(output(Remote().view)).warnings


def test_two_figures_of_one_name_are_refused(page):
    assert "two figures on this page have the name 'echo'" in page(output(Echo().view), output(Echo().view)).warnings


def test_one_figure_shown_twice_is_fine(page):
    echo = Echo()
    site = page(output(echo.view), output(echo.view))
    assert site.warnings == ""
    assert [view["model_id"] for view in site.scripts(VIEW)] == ["1", "1"]


def test_a_widget_without_a_still_is_refused(page):
    assert "a widget needs a still" in page(output(Echo().view, still=None)).warnings


def test_a_still_without_a_text_is_refused(page):
    assert "a still needs a text" in page(output(slider())).warnings


def test_a_view_whose_state_is_missing_is_refused(page):
    assert "a widget is not in the page's state" in page(output(Echo().view), state={}).warnings


def broken_link(**ends):
    """The state of an Echo whose link's ends are replaced."""
    echo = Echo(alpha=slider())
    state = widgets.Widget.get_manager_state(drop_defaults=False)["state"]
    [link] = [model for model in state.values() if model["model_name"] == "LinkModel"]
    link["state"].update(ends)
    return output(echo.view), state


def test_a_link_to_a_widget_that_is_not_there_is_refused(page):
    shown, state = broken_link(target=["IPY_MODEL_gone", "value"])
    assert "a link's target is not in the page's state" in page(shown, state=state).warnings


def test_a_link_to_a_trait_that_is_not_there_is_refused(page):
    shown, state = broken_link()
    [link] = [model for model in state.values() if model["model_name"] == "LinkModel"]
    link["state"]["source"][1] = "values"
    assert "a link's source is FloatSliderModel.values, which does not exist" in page(shown, state=state).warnings

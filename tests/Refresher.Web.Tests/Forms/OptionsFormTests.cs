using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Refresher.Core.Contract;
using Refresher.Web.Forms;

namespace Refresher.Web.Tests.Forms;

public sealed class OptionsFormTests
{
    private static readonly KindDescriptor Kind = new KindCatalog().Add<Everything, EverythingOptions>().Single();

    [Theory]
    [InlineData("text", OptionInput.Text)]
    [InlineData("longText", OptionInput.MultiLine)]
    [InlineData("number", OptionInput.Number)]
    [InlineData("maybeNumber", OptionInput.Number)]
    [InlineData("yes", OptionInput.Switch)]
    [InlineData("colour", OptionInput.Choice)]
    [InlineData("method", OptionInput.Choice)]
    [InlineData("wait", OptionInput.Duration)]
    [InlineData("lines", OptionInput.Lines)]
    [InlineData("ports", OptionInput.Lines)]
    [InlineData("map", OptionInput.Json)]
    public void An_options_type_says_how_it_is_asked_for(string name, OptionInput input)
    {
        Assert.Equal(input, OptionField.Of(Kind).Single(field => field.Name == name).Input);
    }

    [Fact]
    public void Labels_ranges_and_choices_come_from_the_record()
    {
        var fields = OptionField.Of(Kind).ToDictionary(field => field.Name);

        Assert.Equal("Long text", fields["longText"].Label);
        Assert.Equal("1 to 9", fields["number"].RangeInWords);
        Assert.Equal(["red", "darkBlue"], fields["colour"].Choices);
        Assert.True(fields["secret"].IsSecret);
        Assert.True(fields["text"].IsRequired);
        Assert.True(fields["maybeNumber"].MayBeNull);
    }

    [Fact]
    public void Defaults_shown_and_sent_back_come_out_as_they_were()
    {
        var defaults = KindOptions.Defaults(Kind);
        var shown = OptionsForm.From(Kind, defaults);

        var back = OptionsForm.Sent(Kind, Sent(shown), []).ToJson();

        Assert.Empty(KindOptions.TryRead(Kind, back.ToJsonString(), out var options));
        Assert.Equal(KindOptions.Write(new EverythingOptions()), KindOptions.Write(options!));
    }

    [Fact]
    public void Texts_become_what_the_record_holds()
    {
        var json = OptionsForm.Sent(Kind, Sent(("text", "a"), ("number", "7"), ("yes", "true"), ("colour", "darkBlue"), ("lines", "one\r\n two \n\nthree"), ("ports", "80\n443"), ("map", """{"a":1}""")), []).ToJson();

        Assert.Equal("""["one","two","three"]""", json["lines"]!.ToJsonString());
        Assert.Equal("[80,443]", json["ports"]!.ToJsonString());
        Assert.Equal("""{"a":1}""", json["map"]!.ToJsonString());
        Assert.Equal(7, (long)json["number"]!);
        Assert.Empty(KindOptions.TryRead(Kind, json.ToJsonString(), out _));
    }

    [Fact]
    public void What_does_not_fit_is_handed_on_for_the_reader_to_name_the_field()
    {
        var json = OptionsForm.Sent(Kind, Sent(("text", "a"), ("number", "seven")), []).ToJson();

        var errors = KindOptions.TryRead(Kind, json.ToJsonString(), out _);

        Assert.Equal("number", Assert.Single(errors).Key);
    }

    [Fact]
    public void A_secret_is_not_shown_and_an_empty_one_keeps_what_is_stored()
    {
        var stored = new JsonObject { ["secret"] = "hush" };

        var shown = OptionsForm.From(Kind, stored);
        var kept = OptionsForm.Sent(Kind, Sent(("secret", "")), stored).ToJson();
        var replaced = OptionsForm.Sent(Kind, Sent(("secret", "new")), stored).ToJson();

        Assert.Equal("", shown[shown.Fields.Single(field => field.Name == "secret")]);
        Assert.Equal("hush", (string?)kept["secret"]);
        Assert.Equal("new", (string?)replaced["secret"]);
    }

    private static FormCollection Sent(OptionsForm form) => Sent([.. form.Fields.Select(field => (field.Name, form[field]))]);

    private static FormCollection Sent(params (string Name, string Value)[] fields) =>
        new(fields.ToDictionary(field => "options." + field.Name, field => new StringValues(field.Value)));

    private enum Colour
    {
        Red,
        DarkBlue,
    }

    private sealed record EverythingOptions
    {
        [Required]
        public string Text { get; init; } = "x";

        [StringLength(10_000)]
        public string? LongText { get; init; }

        [Range(1, 9)]
        public int Number { get; init; } = 3;

        public double? MaybeNumber { get; init; }

        public bool Yes { get; init; } = true;

        public Colour Colour { get; init; }

        [AllowedValues("GET", "POST")]
        public string Method { get; init; } = "GET";

        public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(5);

        public IReadOnlyList<string> Lines { get; init; } = ["a", "b"];

        public int[] Ports { get; init; } = [80];

        public Dictionary<string, int> Map { get; init; } = new() { ["one"] = 1 };

        [Secret]
        public string? Secret { get; init; }
    }

    private sealed class Everything : IKind, ITask<EverythingOptions>
    {
        public static string Name => "everything";

        public Task<RunOutcome> RunAsync(EverythingOptions options, RunContext run, CancellationToken cancel) => Task.FromResult(RunOutcome.Success());
    }
}

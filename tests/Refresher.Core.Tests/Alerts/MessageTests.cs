using System.Text.Json;
using Refresher.Core.Alerts.Channels;
using Refresher.Core.Alerts.Channels.Webhook;
using Refresher.Core.Alerts.Deliveries;
using Refresher.Core.Alerts.Messages;

namespace Refresher.Core.Tests.Alerts;

public sealed class MessageTests
{
    private const string Link = "https://refresher.example.org/sites/1";

    private static readonly DateTimeOffset Since = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    private static readonly AlertMessage Down = new()
    {
        Notice = NoticeKind.Begun,
        Title = "Site down: Shop",
        Condition = "site.down",
        SubjectId = "1",
        SubjectName = "Shop",
        At = Since.AddSeconds(90),
        Since = Since,
        Reason = "Status 503 \"busy\" <b>\n{{link}}",
        Rule = "Production",
        Facts = [new("IP", "192.0.2.1")],
    };

    [Fact]
    public void A_message_says_what_since_when_how_long_why_and_where_to_look()
    {
        Assert.Equal(
            "Since 2026-03-02 10:00:00 UTC, for 1 min 30 s.\nWhy: Status 503 \"busy\" <b>\n{{link}}\nIP: 192.0.2.1\n" + Link,
            MessageText.Body(Down, Link));
        Assert.StartsWith("It lasted 1 h 5 min, from 2026-03-02 10:00:00 UTC to 2026-03-02 11:05:00 UTC.", MessageText.Body(Down with { Notice = NoticeKind.Over, At = Since.AddMinutes(65) }, null));
    }

    [Fact]
    public void Html_writes_texts_from_outside_as_texts()
    {
        var html = MessageHtml.Of(Down, Link);

        Assert.Contains("&lt;b&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        Assert.Contains($"href=\"{Link}\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_message_fits_one_part_by_shortening_the_reason()
    {
        var text = SmsText.Of(Down with { Reason = new string('x', 800) }, Link);

        Assert.True(SmsText.IsGsm(text));
        Assert.InRange(SmsText.Places(text, gsm: true), 150, 160);
        Assert.Contains("Site down: Shop", text, StringComparison.Ordinal);
        Assert.EndsWith(Link, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Žluťoučký kůň – “úpěl”…", true)]
    [InlineData("Сайт магазина не отвечает", false)]
    public void A_text_message_never_has_more_than_three_parts(string reason, bool gsm)
    {
        var long_ = Down with { Title = "Site down: " + new string('n', 60), Reason = string.Join(' ', Enumerable.Repeat(reason, 30)) };

        var text = SmsText.Of(long_, Link);

        Assert.Equal(gsm, SmsText.IsGsm(text));
        Assert.InRange(SmsText.Places(text, gsm), 100, 3 * (gsm ? 153 : 67));
    }

    [Theory]
    [MemberData(nameof(Ready))]
    public void A_ready_template_is_json_whatever_stands_in_the_message(string name)
    {
        foreach (var message in new[] { Down, Down with { Notice = NoticeKind.Over }, new AlertMessage { Notice = NoticeKind.Test, Title = "\\\"\u0001}", At = Since } })
        {
            using var json = JsonDocument.Parse(Render(name, message));
            Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
        }
    }

    [Fact]
    public void Slack_gets_no_mention_that_stands_in_a_reason()
    {
        var body = Render(WebhookTemplates.Slack, Down with { Title = "Site down: <!channel>", Reason = "<!here>" });

        Assert.DoesNotContain("<!", JsonDocument.Parse(body).RootElement.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("&lt;!here", JsonDocument.Parse(body).RootElement.GetProperty("blocks")[1].GetProperty("text").GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_around_a_missing_value_is_left_out()
    {
        Assert.Equal("Site down: Shop ()", Text("{{title}} ({{#lasted}}for {{lasted}}{{/lasted}})", Down with { Since = null }));
        Assert.Equal("Site down: Shop (for 1 min 30 s)", Text("{{title}} ({{#lasted}}for {{lasted}}{{/lasted}})", Down));
    }

    [Theory]
    [InlineData("{{titel}}", TemplateFormat.Text, "no value 'titel'")]
    [InlineData("{{title", TemplateFormat.Text, "not a placeholder")]
    [InlineData("{{ title | upper }}", TemplateFormat.Text, "not a placeholder")]
    [InlineData("{{#link}}x", TemplateFormat.Text, "not ended")]
    [InlineData("x{{/link}}", TemplateFormat.Text, "no {{#link}}")]
    [InlineData("""{"a": "{{title}}" "b": 1}""", TemplateFormat.Json, "does not become JSON")]
    [InlineData("""{"a": {{count}}{{#link}}, "b": 1}{{/link}}""", TemplateFormat.Json, "when values are missing")]
    public void A_wrong_template_says_what_is_wrong(string text, TemplateFormat format, string wrong)
    {
        var errors = new List<string>();

        Assert.Null(Template.Read(text, format, MessageValues.Names, errors));
        Assert.Contains(wrong, string.Join(' ', errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_in_a_form_are_encoded()
    {
        var template = Template.Read("to={{to}}&text={{title}}", TemplateFormat.Form, MessageValues.Names, [])!;

        Assert.Equal("to=%2B254711000000&text=A%26b%3Dc", template.Render(MessageValues.Of(Dispatch(Down with { Title = "A&b=c" }), "+254711000000")));
    }

    [Fact]
    public void Waits_grow_obey_the_provider_and_end_after_a_day()
    {
        var giveUp = Since.AddHours(24);

        Assert.Equal(Since.AddSeconds(8), RetryPlan.Next(1, null, Since, giveUp, 0));
        Assert.Equal(Since.AddMinutes(30 * 1.2), RetryPlan.Next(5, null, Since, giveUp, 1));
        Assert.Equal(Since.AddMinutes(7), RetryPlan.Next(1, TimeSpan.FromMinutes(7), Since, giveUp, 0));
        Assert.Null(RetryPlan.Next(10, null, Since, giveUp, 0));
        Assert.Null(RetryPlan.Next(9, null, Since.AddHours(15), giveUp, 0.5));
    }

    public static TheoryData<string> Ready() => [.. WebhookTemplates.All.Keys];

    private static Dispatch Dispatch(AlertMessage message) => new(Guid.CreateVersion7(), "thread/1", message, Link, Since);

    private static string Text(string template, AlertMessage message) =>
        Template.Read(template, TemplateFormat.Text, MessageValues.Names, [])!.Render(MessageValues.Of(Dispatch(message), null));

    private static string Render(string name, AlertMessage message)
    {
        var errors = new List<string>();
        var (template, _, write) = new WebhookSettings { Template = name, Target = "t" }.Form(errors) ?? throw new InvalidOperationException(string.Join(' ', errors));
        return template.Render(MessageValues.Of(Dispatch(message), "t", write));
    }
}

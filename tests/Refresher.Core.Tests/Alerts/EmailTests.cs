using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Refresher.Core.Access;
using Refresher.Core.Alerts.Channels;
using Refresher.Core.Alerts.Channels.Email;
using Refresher.Core.Alerts.Messages;
using Refresher.Core.Contract;

namespace Refresher.Core.Tests.Alerts;

public sealed class EmailTests
{
    private static readonly Dispatch Down = new(
        new Guid("01950000-0000-7000-8000-000000000001"),
        "01950000000070008000000000000002/site.down",
        new AlertMessage { Notice = NoticeKind.Begun, Title = "Site down: Läden & Shops", At = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero), Since = new(2026, 3, 2, 9, 59, 0, TimeSpan.Zero), Reason = "Status <503>", Rule = "Production" },
        "https://refresher.example.org/sites/1",
        new(2026, 3, 2, 10, 0, 1, TimeSpan.Zero));

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    public async Task Mail_is_received_by_a_server_that_wants_encryption_and_a_login(string mechanism)
    {
        await using var server = await SmtpServer.StartAsync(mechanism);

        var answer = await SendAsync(Settings(server));

        Assert.Equal((SendOutcome.Sent, 250, "250 2.0.0 Queued as 4711"), (answer.Outcome, answer.Status, answer.Text));
        var received = await server.NextAsync();
        Assert.True(received.GetProperty("tls").GetBoolean());
        Assert.True(received.GetProperty("login").GetBoolean());
        Assert.Equal(["ops@example.org", "night@example.org"], received.GetProperty("to").EnumerateArray().Select(to => to.GetString()));
        var mail = received.GetProperty("mail").GetString()!;
        Assert.Contains("Message-ID: <01950000-0000-7000-8000-000000000001@example.org>", mail, StringComparison.Ordinal);
        Assert.Contains("References: <thread.01950000000070008000000000000002.site.down@example.org>", mail, StringComparison.Ordinal);
        Assert.Contains($"Subject: =?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes("Site down: Läden & Shops"))}?=", mail, StringComparison.Ordinal);
        var (text, html) = (Part(mail, "text/plain"), Part(mail, "text/html"));
        Assert.Contains("Since 2026-03-02 09:59:00 UTC, for 1 min.\nWhy: Status <503>\nhttps://refresher.example.org/sites/1", text, StringComparison.Ordinal);
        Assert.Contains("Status &lt;503&gt;", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_for_good_and_is_not_in_the_answer()
    {
        await using var server = await SmtpServer.StartAsync();

        var answer = await SendAsync(Settings(server) with { Password = "wrong horse" });

        Assert.Equal((SendOutcome.Refused, 535), (answer.Outcome, answer.Status));
        Assert.StartsWith("Login: 535", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_refused_does_not_keep_it_from_the_others()
    {
        await using var server = await SmtpServer.StartAsync();

        var answer = await SendAsync(Settings(server) with { To = ["nobody@example.org", "ops@example.org"] });

        Assert.Equal(SendOutcome.Sent, answer.Outcome);
        Assert.Contains("Not to nobody@example.org: 550", answer.Text, StringComparison.Ordinal);
        Assert.Equal("ops@example.org", Assert.Single((await server.NextAsync()).GetProperty("to").EnumerateArray().ToArray()).GetString());
    }

    [Theory]
    [InlineData("nobody@example.org", SendOutcome.Refused)]
    [InlineData("later@example.org", SendOutcome.Again)]
    public async Task When_all_addresses_are_refused_the_server_s_code_says_whether_to_try_again(string address, SendOutcome outcome)
    {
        await using var server = await SmtpServer.StartAsync();

        var answer = await SendAsync(Settings(server) with { To = [address] });

        Assert.Equal(outcome, answer.Outcome);
        Assert.False(server.HasMore);
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_an_error_and_no_password_is_sent()
    {
        await using var server = await SmtpServer.StartAsync();

        await Assert.ThrowsAnyAsync<System.Security.Authentication.AuthenticationException>(() => SendAsync(Settings(server) with { Ca = null }));
    }

    [Fact]
    public async Task A_server_in_a_refused_network_is_not_called()
    {
        await using var server = await SmtpServer.StartAsync();
        var guard = new AddressGuard(Options.Create(new AddressGuardOptions { PrivateNetworks = false }));

        await Assert.ThrowsAsync<AddressRefusedException>(() => new EmailChannel(guard).SendAsync(Json(Settings(server)), Down, default));
    }

    [Theory]
    [InlineData("""{"host": "h", "from": "a@b", "to": ["x\r\nBcc: y@z"]}""", "to")]
    [InlineData("""{"host": "h", "from": "a b", "to": ["x@y"]}""", "from")]
    [InlineData("""{"host": "h", "from": "a@b", "to": ["x@y"], "security": "none", "user": "u", "password": "p"}""", "security")]
    [InlineData("""{"host": "h", "from": "a@b", "to": ["x@y"], "user": "u"}""", "password")]
    [InlineData("""{"host": "h", "from": "a@b", "to": ["x@y"], "ca": "hello"}""", "ca")]
    [InlineData("""{"host": "h", "from": "a@b", "to": []}""", "to")]
    public void Wrong_settings_name_their_field(string json, string field)
    {
        var errors = new FieldErrors();
        var settings = JsonInput.Read<EmailSettings>(json, KindOptions.Json, errors);

        JsonInput.Validate(settings!, errors);

        Assert.NotEmpty(errors.Of(field));
    }

    private static EmailSettings Settings(SmtpServer server) => new()
    {
        Host = "localhost",
        Port = server.Port,
        User = SmtpServer.User,
        Password = SmtpServer.Password,
        From = "refresher@example.org",
        To = ["ops@example.org", "night@example.org"],
        Ca = server.Ca,
    };

    private static Task<ChannelAnswer> SendAsync(EmailSettings settings) =>
        new EmailChannel(new AddressGuard(Options.Create(new AddressGuardOptions()))).SendAsync(Json(settings), Down, default);

    private static string Json(EmailSettings settings) => JsonSerializer.Serialize(settings, KindOptions.Json);

    private static string Part(string mail, string type)
    {
        var begin = mail.IndexOf("\r\n\r\n", mail.IndexOf("Content-Type: " + type, StringComparison.Ordinal), StringComparison.Ordinal) + 4;
        return Encoding.UTF8.GetString(Convert.FromBase64String(mail[begin..mail.IndexOf("\r\n--", begin, StringComparison.Ordinal)].Replace("\r\n", "", StringComparison.Ordinal)));
    }
}

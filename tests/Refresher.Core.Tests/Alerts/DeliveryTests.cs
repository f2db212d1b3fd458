using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Refresher.Core.Alerts.Channels;
using Refresher.Core.Alerts.Deliveries;
using Refresher.Core.Alerts.Messages;
using Refresher.Testing;

namespace Refresher.Core.Tests.Alerts;

public sealed class DeliveryTests : AlertSystem
{
    protected override (string Key, string Value)[] Settings => [("Alerts:PublicUrl", "https://refresher.example.org")];

    [Fact]
    public async Task A_change_is_told_and_its_end_after_it_with_a_signature_that_the_receiver_can_check()
    {
        await RuleAsync(await ChannelAsync("hook", """, "signingKey": "a key of sixteen and more" """));
        var episode = Guid.CreateVersion7();

        await HandleAsync(Event(episode, active: true), Event(episode, active: false));
        var deliveries = await EndedAsync(2);

        Assert.All(deliveries, delivery => Assert.Equal((DeliveryState.Sent, 200), (delivery.State, delivery.Status)));
        var received = ReceivedAt("hook");
        Assert.Equal(["begun", "over"], received.Select(request => request.Json.GetProperty("notice").GetString()));
        Assert.Equal("Run failed: nightly", received[0].Json.GetProperty("title").GetString());
        Assert.Equal("https://refresher.example.org/schedules/nightly", received[0].Json.GetProperty("link").GetString());
        Assert.Equal(deliveries[0].Id.ToString(), received[0].Headers["Refresher-Delivery"]);
        Assert.All(received, request =>
        {
            var parts = request.Headers["Refresher-Signature"].Split(',', 2);
            byte[] signed = [.. Encoding.ASCII.GetBytes(parts[0]["t=".Length..] + "."), .. request.Body];
            Assert.Equal("v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("a key of sixteen and more"), signed)), parts[1]);
            Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[0]["t=".Length..], CultureInfo.InvariantCulture)), deliveries[0].CreatedAt.AddMinutes(-1), deliveries[0].CreatedAt.AddMinutes(1));
        });
    }

    [Fact]
    public async Task The_whole_log_read_again_tells_nobody_twice()
    {
        var channel = await ChannelAsync("hook");
        await RuleAsync(channel);
        await RuleAsync(channel);
        var (one, two) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var log = new[] { Event(one, active: true), Event(two, active: true, subject: "hourly"), Event(one, active: false), Event(one, active: false) };
        await HandleAsync(log);
        await EndedAsync(3);

        await HandleAsync(log);
        await HandleAsync([.. log.Reverse()]);
        foreach (var one_ in log)
        {
            await HandleAsync(one_);
        }

        await HandleAsync(Event(two, active: false, subject: "hourly"));
        var deliveries = await EndedAsync(4);
        Assert.Equal(4, deliveries.Count);
        Assert.Equal(4, ReceivedAt("hook").Length);
    }

    [Fact]
    public async Task Two_readers_that_have_the_same_event_at_once_tell_it_once()
    {
        await RuleAsync(await ChannelAsync("hook"));
        var @event = Event(Guid.CreateVersion7(), active: true);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => HandleAsync(@event)));

        Assert.Single(await EndedAsync(1));
    }

    [Fact]
    public async Task A_rule_made_afterwards_does_not_tell_what_is_in_the_log_already()
    {
        var @event = Event(Guid.CreateVersion7(), active: true, at: DateTimeOffset.Parse("2026-01-01T00:00:00Z", CultureInfo.InvariantCulture));
        await RuleAsync(await ChannelAsync("hook"));

        await HandleAsync(@event);

        Assert.Empty(await DeliveriesAsync());
    }

    [Fact]
    public async Task A_provider_s_wish_to_wait_is_obeyed_and_its_answers_are_kept()
    {
        Answers["hook"] = async (http, count) =>
        {
            http.Response.StatusCode = count == 1 ? 429 : 200;
            http.Response.Headers.RetryAfter = "1000";
            await http.Response.WriteAsync(count == 1 ? "slow down" : "thanks");
        };
        await RuleAsync(await ChannelAsync("hook"));

        await HandleAsync(Event(Guid.CreateVersion7(), active: true));
        var waiting = (await Eventually.SeeAsync(DeliveriesAsync, all => all is [{ Status: 429, LeaseUntil: null }]))[0];

        Assert.Equal((DeliveryState.Pending, "429 Too Many Requests: slow down"), (waiting.State, waiting.Answer));
        Assert.InRange(waiting.ReadyAt, waiting.CreatedAt.AddSeconds(995), waiting.CreatedAt.AddSeconds(1100));
        await ExecuteAsync("UPDATE deliveries SET ready_at = created_at");
        var sent = (await EndedAsync(1))[0];
        Assert.Equal((DeliveryState.Sent, 2, "200 OK: thanks"), (sent.State, sent.Attempts, sent.Answer));
    }

    [Theory]
    [InlineData(500, DeliveryState.Pending)]
    [InlineData(401, DeliveryState.Failed)]
    [InlineData(302, DeliveryState.Failed)]
    public async Task What_the_other_side_answers_decides_whether_it_is_tried_again(int status, DeliveryState state)
    {
        Answers["hook"] = (http, _) =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = Server.Url + "elsewhere";
            return Task.CompletedTask;
        };
        await RuleAsync(await ChannelAsync("hook"));

        await HandleAsync(Event(Guid.CreateVersion7(), active: true));

        var delivery = (await Eventually.SeeAsync(DeliveriesAsync, all => all is [{ Status: not null }]))[0];
        Assert.Equal((state, status), (delivery.State, delivery.Status));
        Assert.Empty(ReceivedAt("elsewhere"));
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_in_time_and_holds_up_no_other_channel()
    {
        var never = new TaskCompletionSource();
        Answers["silent"] = (http, _) => never.Task.WaitAsync(http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        var silent = await ChannelAsync("silent", """, "timeout": "00:00:02" """);
        var quick = await ChannelAsync("quick");
        await RuleAsync($$"""{"name": "both", "conditions": ["run.failed"], "channels": ["{{silent.Id}}", "{{quick.Id}}"]}""");

        await HandleAsync([.. Enumerable.Range(0, 8).Select(n => Event(Guid.CreateVersion7(), active: true, subject: "s" + n))]);

        await Eventually.SeeAsync(() => Task.FromResult(ReceivedAt("quick").Length), count => count == 8);
        var waiting = await Eventually.SeeAsync(DeliveriesAsync, all => all.Any(delivery => delivery.Answer is not null && delivery.ChannelId == silent.Id));
        Assert.Equal("No complete answer within 2 s.", waiting.First(delivery => delivery.Answer is not null && delivery.ChannelId == silent.Id).Answer);
    }

    [Fact]
    public async Task A_recovery_is_not_told_before_its_problem()
    {
        Answers["hook"] = (http, count) =>
        {
            http.Response.StatusCode = count == 1 ? 503 : 200;
            return Task.CompletedTask;
        };
        await RuleAsync(await ChannelAsync("hook"));
        var episode = Guid.CreateVersion7();
        await HandleAsync(Event(episode, active: true));
        await Eventually.SeeAsync(DeliveriesAsync, all => all is [{ Status: 503 }]);

        await HandleAsync(Event(episode, active: false));
        await HandleAsync(Event(Guid.CreateVersion7(), active: true, subject: "other"));
        await Eventually.SeeAsync(() => Task.FromResult(ReceivedAt("hook").Length), count => count == 2);
        await ExecuteAsync("UPDATE deliveries SET ready_at = created_at");
        await EndedAsync(3);

        Assert.Equal(["begun", "begun", "begun", "over"], ReceivedAt("hook").Select(request => request.Json.GetProperty("notice").GetString()));
        Assert.Equal("other", ReceivedAt("hook")[1].Json.GetProperty("subject").GetProperty("id").GetString());
    }

    [Fact]
    public async Task What_was_sent_and_not_recorded_is_sent_again_with_the_same_id_when_its_lease_ends()
    {
        var taken = new TaskCompletionSource();
        Answers["hook"] = (http, count) => count == 1 ? taken.Task : Task.CompletedTask;
        await RuleAsync(await ChannelAsync("hook"));
        await HandleAsync(Event(Guid.CreateVersion7(), active: true));
        await Eventually.SeeAsync(() => Task.FromResult(ReceivedAt("hook").Length), count => count == 1);

        // The worker dies between the request and its record: for all others its lease runs out.
        await ExecuteAsync("UPDATE deliveries SET lease_until = created_at");
        await Eventually.SeeAsync(() => Task.FromResult(ReceivedAt("hook").Length), count => count == 2);
        var sent = (await EndedAsync(1))[0];
        taken.SetResult();

        Assert.Equal((DeliveryState.Sent, 2), (sent.State, sent.Attempts));
        Assert.Equal(ReceivedAt("hook")[0].Headers["Refresher-Delivery"], ReceivedAt("hook")[1].Headers["Refresher-Delivery"]);
    }

    [Fact]
    public async Task What_waits_is_told_by_the_loop_and_what_is_over_by_then_is_not()
    {
        await RuleAsync(await ChannelAsync("hook"), """, "after": "00:00:02" """);
        var (lasting, passing) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        await HandleAsync(Event(lasting, active: true), Event(passing, active: true, subject: "passing"), Event(passing, active: false, subject: "passing"));
        Assert.Empty(await DeliveriesAsync());

        Assert.Equal("nightly", Assert.Single(await EndedAsync(1)).SubjectId);
    }

    [Fact]
    public async Task Reminders_come_while_it_lasts()
    {
        await RuleAsync(await ChannelAsync("hook"), """, "reminderEvery": "00:05:00" """);
        await HandleAsync(Event(Guid.CreateVersion7(), active: true));
        await EndedAsync(1);

        await ExecuteAsync("UPDATE alert_episodes SET told_at = told_at - interval '5 min', notice_at = notice_at - interval '5 min'");
        await EndedAsync(2);

        Assert.Equal("Still: Run failed: nightly", ReceivedAt("hook")[1].Json.GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_channel_that_is_switched_off_gets_nothing_and_the_log_says_why()
    {
        var channel = await ChannelAsync("hook");
        await RuleAsync(channel);
        await ExecuteAsync("UPDATE channels SET enabled = false");

        await HandleAsync(Event(Guid.CreateVersion7(), active: true));

        var delivery = Assert.Single(await DeliveriesAsync());
        Assert.Equal((DeliveryState.Failed, "The channel is switched off."), (delivery.State, delivery.Reason));
        Assert.Empty(ReceivedAt("hook"));
    }

    [Fact]
    public async Task An_edited_rule_acts_on_what_waits_already()
    {
        var channel = await ChannelAsync("hook");
        var rule = await RuleAsync(channel, """, "after": "02:00:00" """);
        await HandleAsync(Event(Guid.CreateVersion7(), active: true));

        await Engine.WithAsync<Core.Alerts.Rules.RuleCommands, object?>(async commands =>
            (await commands.ReplaceAsync(rule.Id, Core.Alerts.Rules.RuleInput.Of(rule) with { After = TimeSpan.Zero }, default)).Value);

        Assert.Single(await EndedAsync(1));
    }

    [Fact]
    public async Task A_test_is_sent_at_once_and_answers_with_what_the_provider_says_without_the_secret()
    {
        Answers["hook"] = (http, _) => http.Response.WriteAsync("got " + http.Request.Headers.Authorization);
        var channel = await ChannelAsync("hook", """, "secretHeader": "Authorization: Bearer top-secret-token" """);

        var answer = await Engine.WithAsync<ChannelCommands, Result<ChannelAnswer>>(commands => commands.TestAsync(channel.Id, default));

        Assert.Equal((SendOutcome.Sent, "200 OK: got ********"), (answer.Value!.Outcome, answer.Value.Text));
        Assert.Equal((DeliveryState.Sent, NoticeKind.Test), ((await DeliveriesAsync())[0].State, (await DeliveriesAsync())[0].Notice));
        Assert.DoesNotContain("top-secret", channel.Settings, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"SMSMessageData": {"Message": "Sent to 1/2", "Recipients": [{"statusCode": 101, "number": "+254711000001", "status": "Success", "messageId": "ATPid_1"}, {"statusCode": 403, "number": "+254711000002", "status": "InvalidPhoneNumber"}]}}""", DeliveryState.Sent)]
    [InlineData("""{"SMSMessageData": {"Message": "Sent to 0/1", "Recipients": [{"statusCode": 406, "number": "+254711000001", "status": "UserInBlacklist"}]}}""", DeliveryState.Failed)]
    [InlineData("""{"SMSMessageData": {"Message": "Sent to 0/1", "Recipients": [{"statusCode": 501, "number": "+254711000001", "status": "GatewayError"}]}}""", DeliveryState.Pending)]
    [InlineData("<html>", DeliveryState.Pending)]
    public async Task A_text_message_has_the_form_and_the_key_that_africa_s_talking_wants(string answer, DeliveryState state)
    {
        Answers["at"] = async (http, _) =>
        {
            http.Response.StatusCode = 201;
            await http.Response.WriteAsync(answer);
        };
        await RuleAsync(await ChannelAsync("sms", "sms-africas-talking", $$"""{"username": "sandbox", "apiKey": "the-key", "to": ["+254711000001", "+254711000002"], "from": "Ops", "url": "{{Server.Url}}at"}"""));

        await HandleAsync(Event(Guid.CreateVersion7(), active: true));
        var delivery = (await Eventually.SeeAsync(DeliveriesAsync, all => all is [{ Status: 201 }]))[0];

        Assert.Equal(state, delivery.State);
        var request = ReceivedAt("at")[0];
        Assert.Equal("the-key", request.Headers["apiKey"]);
        var form = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(request.Text);
        Assert.Equal(("sandbox", "+254711000001,+254711000002", "Ops"), ((string?)form["username"], (string?)form["to"], (string?)form["from"]));
        Assert.Matches("^Run failed: nightly: exit code 3. since [0-9:]+ UTC https://refresher.example.org/schedules/nightly$", (string?)form["message"]);
    }

    [Fact]
    public async Task Any_gateway_gets_the_body_that_its_template_says()
    {
        await RuleAsync(await ChannelAsync("sms", "sms-http", $$"""{"url": "{{Server.Url}}gate", "to": ["+254711000001"], "contentType": "application/json", "body": "{\"phones\": \"{{"{{to}}"}}\", \"text\": \"{{"{{short}}"}}\"}", "headers": ["X-Unit: ops"]}"""));

        await HandleAsync(Event(Guid.CreateVersion7(), active: true));
        await EndedAsync(1);

        var request = Assert.Single(ReceivedAt("gate"));
        Assert.Equal(("+254711000001", "ops"), (request.Json.GetProperty("phones").GetString(), request.Headers["X-Unit"]));
    }
}

using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Core.Schedules;
using Refresher.Testing;

namespace Refresher.Tasks.Tests;

public sealed class TaskCatalogTests
{
    [Fact]
    public void Every_kind_of_the_assembly_is_in_the_catalog()
    {
        var kinds = typeof(TaskCatalog).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IKind)));

        Assert.Equal(kinds.Count(), TaskCatalog.Kinds.Count());
    }

    [Fact]
    public async Task The_migrations_bring_all_that_the_model_has()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var engine = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "scheduler");

        Assert.False(await engine.WithAsync<RefresherDb, bool>(db => Task.FromResult(db.Database.HasPendingModelChanges())), "Type: ./refresher migration NAME");
    }

    [Fact]
    public void Examples_have_options_that_their_kind_accepts()
    {
        foreach (var (kind, example) in TaskCatalog.Kinds.SelectMany(kind => kind.Examples.Select(example => (kind, example))))
        {
            var errors = new FieldErrors();
            var options = JsonInput.Read(example.Schedule.Options?.GetRawText() ?? "{}", kind.OptionsType!, ScheduleInput.Json, errors);

            Assert.NotNull(options);
            Assert.Empty(JsonInput.Validate(options, errors));
            Assert.Equal(kind.Name, example.Schedule.Kind);
        }
    }

    [Fact]
    public void Declared_schedules_have_keys_and_options_that_their_kind_accepts()
    {
        foreach (var (kind, declared) in TaskCatalog.Kinds.SelectMany(kind => kind.Schedules.Select(declared => (kind, declared))))
        {
            Assert.NotNull(declared.Key);
            Assert.Empty(KindOptions.TryRead(kind, declared.Options?.GetRawText() ?? "{}", out _));
        }
    }

    [Theory]
    [InlineData("hello", """{"name":"you"}""")]
    [InlineData("http-request", """{"url":"https://example.org/","headers":["A: b"],"requestTimeout":"00:00:05"}""")]
    [InlineData("command", """{"program":"/bin/true","arguments":["-a"]}""")]
    [InlineData("speed-test", """{"duration":"00:00:08","maxMegabytes":50}""")]
    public void Options_are_read_from_the_json_of_the_api(string kind, string json)
    {
        var errors = new FieldErrors();

        var options = JsonInput.Read(json, TaskCatalog.Kinds.Find(kind)!.OptionsType!, ScheduleInput.Json, errors);

        Assert.NotNull(options);
        Assert.Empty(JsonInput.Validate(options, errors));
    }
}

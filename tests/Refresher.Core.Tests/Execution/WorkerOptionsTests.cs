using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Refresher.Core.Execution;

namespace Refresher.Core.Tests.Execution;

public sealed class WorkerOptionsTests
{
    [Fact]
    public void Without_configuration_a_worker_has_four_slots_a_core_on_the_default_queue()
    {
        var options = Read();

        Assert.Equal(4 * Environment.ProcessorCount, options.Slots);
        Assert.Equal(["default"], options.QueuesOrDefault);
        Assert.Empty(Faults(options));
    }

    [Theory]
    [InlineData("Concurrency", "0")]
    [InlineData("Concurrency", "10001")]
    [InlineData("Lease", "00:00:02")]
    [InlineData("Lease", "00:05:01")]
    [InlineData("StopGrace", "00:10:01")]
    [InlineData("StopGrace", "-00:00:01")]
    public void What_makes_no_sense_is_refused_and_names_the_setting(string name, string value)
    {
        Assert.Equal([name], Faults(Read((name, value))));
    }

    [Fact]
    public void Configuration_is_read_from_its_section()
    {
        var options = Read(("Concurrency", "7"), ("Lease", "00:00:05"), ("StopGrace", "00:00:00"));

        Assert.Equal((7, TimeSpan.FromSeconds(5), TimeSpan.Zero), (options.Slots, options.Lease, options.StopGrace));
        Assert.Empty(Faults(options));
    }

    [Fact]
    public void Queues_that_are_named_take_the_place_of_the_default_one()
    {
        Assert.Equal(["fast", "slow"], Read(("Queues:0", "fast"), ("Queues:1", "slow")).QueuesOrDefault);
    }

    private static WorkerOptions Read(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Worker:{s.Name}", (string?)s.Value))).Build()
            .GetSection(WorkerOptions.Section).Get<WorkerOptions>() ?? new WorkerOptions();

    private static string[] Faults(WorkerOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return [.. results.SelectMany(result => result.MemberNames)];
    }
}

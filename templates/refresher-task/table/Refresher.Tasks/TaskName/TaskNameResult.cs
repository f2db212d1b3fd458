using Microsoft.EntityFrameworkCore;

namespace Refresher.Tasks.TaskName;

/// <summary>What one run counted. It stays when the run is forgotten.</summary>
public sealed class TaskNameResult
{
    /// <summary>That of the run: its order is that of the due times.</summary>
    public Guid Id { get; init; }

    /// <summary>When it was counted.</summary>
    public DateTimeOffset At { get; set; }

    public int Words { get; set; }
}

internal static class TaskNameMapping
{
    public static void Map(ModelBuilder model) => model.Entity<TaskNameResult>(result =>
    {
        result.ToTable("task_name_results");
        result.HasKey(r => r.Id);
        result.Property(r => r.Id).ValueGeneratedNever();
    });
}

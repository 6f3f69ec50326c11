using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace CaptionTL.Service.Storage.Migrations;

/// <summary>Tables of the jobs with their log, and of the models.</summary>
[DbContext(typeof(ServiceDb))]
[Migration("202611220200_JobsAndModels")]
internal sealed class JobsAndModels : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.CreateTable(
            "jobs",
            table => new
            {
                Id = table.Column<long>().Annotation("Sqlite:Autoincrement", true)
                    .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                Kind = table.Column<string>(maxLength: 20),
                State = table.Column<string>(maxLength: 20),
                Wish = table.Column<string>(maxLength: 20),
                Priority = table.Column<int>(),
                By = table.Column<string>(nullable: true),
                Data = table.Column<string>(),
                Model = table.Column<string>(nullable: true),
                PlanName = table.Column<string>(nullable: true),
                Plan = table.Column<string>(nullable: true),
                Request = table.Column<string>(),
                Again = table.Column<long>(nullable: true),
                Created = table.Column<long>(),
                Started = table.Column<long>(nullable: true),
                Finished = table.Column<long>(nullable: true),
                Attempts = table.Column<int>(),
                Losses = table.Column<int>(),
                Lease = table.Column<long>(),
                LeaseUntil = table.Column<long>(nullable: true),
                Worker = table.Column<string>(nullable: true),
                Progress = table.Column<string>(nullable: true),
                Result = table.Column<string>(nullable: true),
                Problem = table.Column<string>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_jobs", j => j.Id));
        migrationBuilder.CreateIndex("IX_jobs_State", "jobs", "State");

        migrationBuilder.CreateTable(
            "job_log",
            table => new
            {
                Id = table.Column<long>().Annotation("Sqlite:Autoincrement", true)
                    .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                JobId = table.Column<long>(),
                Time = table.Column<long>(),
                Attempt = table.Column<int>(),
                Text = table.Column<string>(),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_job_log", l => l.Id);
                table.ForeignKey("FK_job_log_jobs_JobId", l => l.JobId, "jobs", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_job_log_JobId_Id", "job_log", ["JobId", "Id"]);

        migrationBuilder.CreateTable(
            "model_versions",
            table => new
            {
                Name = table.Column<string>(maxLength: 64),
                Version = table.Column<int>(),
                Task = table.Column<string>(),
                JobId = table.Column<long>(),
                Created = table.Column<long>(),
                Data = table.Column<string>(),
                Backbone = table.Column<string>(),
                Scores = table.Column<string>(nullable: true),
                Bytes = table.Column<long>(),
                Deleted = table.Column<long>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_model_versions", v => new { v.Name, v.Version }));
        migrationBuilder.CreateIndex("IX_model_versions_JobId", "model_versions", "JobId", unique: true);

        migrationBuilder.CreateTable(
            "model_uses",
            table => new
            {
                Id = table.Column<long>().Annotation("Sqlite:Autoincrement", true)
                    .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                Name = table.Column<string>(maxLength: 64),
                Version = table.Column<int>(),
                Time = table.Column<long>(),
                By = table.Column<string>(nullable: true),
                Undone = table.Column<long>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_model_uses", u => u.Id));
        migrationBuilder.CreateIndex("IX_model_uses_Name", "model_uses", "Name");

        migrationBuilder.CreateTable(
            "model_defaults",
            table => new { Task = table.Column<string>(maxLength: 20), Name = table.Column<string>(maxLength: 64) },
            constraints: table => table.PrimaryKey("PK_model_defaults", d => d.Task));
    }
}

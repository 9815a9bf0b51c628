from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0023_household_changed'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditentry',
            name='action',
            field=models.CharField(choices=[('role.granted', 'Role granted'), ('role.ended', 'Role ended'), ('role.withdrawn', 'Role withdrawn before it began'), ('separation.changed', 'Table of what may not meet changed'), ('province.entered', 'Worked on the whole province'), ('workbook.imported', 'Workbook imported'), ('figure.entered', 'Figure entered'), ('figure.published', 'Published figure kept'), ('letter.made', 'Letter of recommendation made'), ('waiting.moved', 'Place in a waiting list changed'), ('demand.entered', 'Labour-demand survey kept'), ('proposal.step', 'Step of a proposal'), ('rule.changed', 'Eligibility rule changed'), ('duty_rule.changed', 'Rule of a duty changed'), ('quota.changed', 'Quota changed'), ('programme.set', 'Settings of a visa programme changed'), ('reference.decided', 'Reference data changed'), ('persons.joined', 'Identities joined'), ('persons.parted', 'Identities parted'), ('clients.merged', 'Client files merged'), ('clients.parted', 'Client files parted'), ('month.closed', 'Month of counselling closed'), ('month.opened', 'Closed month opened again'), ('file.attached', 'Attachment added'), ('file.deleted', 'Attachment deleted'), ('household.changed', 'Household changed'), ('identity.asked', 'Asked whether another centre knows the client'), ('identity.sent', 'Request sent to other centres'), ('identity.answered', 'Request of another centre answered'), ('identity.bound', 'Bound of questions to other centres changed'), ('check.made', 'Check of a duty put on record'), ('dependant.checked', 'Check of a dependant put on record'), ('student.kept', 'Student record changed'), ('semester.written', 'Semester list written'), ('university.changed', 'Entry on a university'), ('list.exported', 'List exported'), ('file.downloaded', 'File downloaded'), ('month.signed', 'Review of a month signed'), ('review.finding', 'Finding of a review noted'), ('account.opened', 'Account opened'), ('password.given', 'First password given anew'), ('password.chosen', 'Own password chosen'), ('signed.in', 'Signed in'), ('signed.out', 'Signed out'), ('signed.failed', 'Sign-in failed')], max_length=40, verbose_name='action'),
        ),
    ]

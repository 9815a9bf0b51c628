import pytest
from django.db import connection
from cases.models import Client
from centers.models import Workspace
from centers.scope import WHOLE_PROVINCE, acting_for


@pytest.mark.django_db
def test_scope():
    w = Workspace.objects.get(code="52110-c1")
    with acting_for(WHOLE_PROVINCE, reason="test"):
        with connection.cursor() as c:
            c.execute("select * from wall.persons_for(array[null,'\\x01'::bytea,'\\x01'::bytea])")
            rows = c.fetchall()
        assert rows[1][1] == rows[2][1]
        cl = Client.objects.create(workspace=w, person_id=rows[0][1])
        assert Client.objects.count() == 1
        cl.ref = "x"
        cl.save()
        assert cl.events.count() == 1
    assert Client.objects.count() == 0
